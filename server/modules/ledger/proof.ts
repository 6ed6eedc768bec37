import { sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import { cut, merklePath } from '#kernel/merkle.ts';
import { CHUNK } from '#kernel/merkle-chunks.ts';
import { type ClosedDay, LEAF_FIELDS, OF_DAY } from './day-leaves.ts';
import './tables.ts';

export interface ProvenEntry {
  id: bigint;
  /** Place in the day, from 0. */
  index: number;
  fields: string[];
  path: Uint8Array[];
}

/**
 * A customer's own entries of a sealed day, oldest first, a page and one more, each with its way up to the day's
 * Merkle root. Of others' entries nothing but hashes is in it. Costs what the chunks of a page cost, not the day.
 */
export async function ownEntries(
  db: Db | Tx,
  input: { day: ClosedDay; customerId: string; after?: string | undefined },
): Promise<ProvenEntry[]> {
  const { day } = input;
  const chunks = await db
    .selectFrom('ledger_chunk')
    .select(['number', 'first_entry', 'last_entry', 'root'])
    .where('brand', '=', day.brand)
    .where('day', '=', day.day)
    .orderBy('number')
    .execute();
  if (chunks.length === 0) return [];
  const after = input.after ? BigInt(input.after) : chunks[0]!.first_entry - 1n;
  const { rows } = await sql<{ id: bigint; fields: string[] }>`
    select e.id, ${LEAF_FIELDS} as fields from ledger_account a
      join ledger_entry e on e.account_id = a.id join ledger_transaction t on t.id = e.transaction_id
      where a.brand = ${day.brand} and a.customer = ${input.customerId}
        and e.id > ${after} and e.id <= ${chunks.at(-1)!.last_entry} and ${OF_DAY(day)}
      order by e.id limit ${PAGE_SIZE + 1}`.execute(db);

  const chunkOf = (id: bigint) => chunks.findLast(({ first_entry }) => first_entry <= id)!.number;
  const leaves = await leavesOf(db, day, [...new Set(rows.map(({ id }) => chunkOf(id)))]);
  const roots = chunks.map(({ root }) => root);
  return rows.map(({ id, fields }) => {
    const number = chunkOf(id);
    const { ids, hashes } = leaves.get(number)!;
    const place = ids.indexOf(String(id));
    if (place < 0) throw new Error(`entry ${id} was not there when ${day.brand} ${day.day} was sealed`);
    const path = [...merklePath(hashes, place), ...merklePath(roots, number)];
    return { id, index: number * CHUNK + place, fields, path };
  });
}

async function leavesOf(db: Db | Tx, day: ClosedDay, numbers: number[]) {
  if (numbers.length === 0) return new Map<number, { ids: string[]; hashes: Buffer[] }>();
  const { rows } = await sql<{ number: number; ids: string[]; leaves: Buffer }>`
    select number, entry_ids::text[] as ids, leaves from ledger_chunk
      where brand = ${day.brand} and day = ${day.day} and number = any (${numbers}::int[])`.execute(db);
  return new Map(rows.map(({ number, ids, leaves }) => [number, { ids, hashes: cut(leaves) }]));
}

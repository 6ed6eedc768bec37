import { sql } from 'kysely';
import type { Tx } from '#kernel/db.ts';
import { leafHash, merkleRoot } from './merkle.ts';
import './tables.ts';

/** Leaves a chunk: a power of two, so that the roots of chunks are nodes of the day's own tree. */
export const CHUNK = 256;
const FETCHED = 16 * CHUNK;

/** A natural day as it was closed: everything dated before its end that isn't of a day before it. */
export interface ClosedDay {
  brand: string;
  day: string;
  endsAt: Date;
  /** End of the brand's day before it; null for the first. */
  beginsAt: Date | null;
}

/** What is hashed of an entry, in the order of the README. */
export const LEAF_FIELDS = sql<string[]>`array[
  e.id::text, t.id::text, t.brand, t.kind, t.source, t.source_id,
  to_char(t.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), coalesce(t.reverses::text, ''), t.memo::text,
  a.kind, a.owner, coalesce(a.customer, ''), e.amount_micro::text, e.balance_micro::text]`;

export const OF_DAY = (day: ClosedDay) =>
  sql`t.brand = ${day.brand} and t.at < ${day.endsAt} and t.at >= coalesce(${day.beginsAt}, '-infinity'::timestamptz)`;

export interface Chunk {
  ids: bigint[];
  leaves: Buffer[];
  root: Uint8Array;
}

/** The day's entries as they stand now, hashed, in the order of their ids; a cursor, so that no day is too long. */
export async function* dayChunks(tx: Tx, day: ClosedDay): AsyncGenerator<Chunk> {
  await sql`declare ledger_leaves no scroll cursor for
    select e.id, ${LEAF_FIELDS} as fields from ledger_transaction t
      join ledger_entry e on e.transaction_id = t.id join ledger_account a on a.id = e.account_id
      where ${OF_DAY(day)} order by e.id`.execute(tx);
  let chunk: Chunk = { ids: [], leaves: [], root: Buffer.alloc(0) };
  const whole = () => ({ ...chunk, root: merkleRoot(chunk.leaves) });
  for (;;) {
    const { rows } = await sql<{
      id: bigint;
      fields: string[];
    }>`fetch ${sql.lit(FETCHED)} from ledger_leaves`.execute(tx);
    for (const { id, fields } of rows) {
      chunk.ids.push(id);
      chunk.leaves.push(leafHash(fields));
      if (chunk.ids.length < CHUNK) continue;
      yield whole();
      chunk = { ids: [], leaves: [], root: Buffer.alloc(0) };
    }
    if (rows.length < FETCHED) break;
  }
  await sql`close ledger_leaves`.execute(tx);
  if (chunk.ids.length > 0) yield whole();
}

import { sql } from 'kysely';
import type { Tx } from '#kernel/db.ts';
import { FIRST_PREVIOUS, merkleRoot } from '#kernel/merkle.ts';
import { compareChunks, type KeptChunk } from '#kernel/merkle-chunks.ts';
import { formatYuan } from '#kernel/money.ts';
import './tables.ts';
import { type ClosedDay, dayChunks } from './day-leaves.ts';
import { dayRoot } from './merkle.ts';

/** The first row of the books that isn't as it has to be. */
export interface Difference {
  table: 'ledger_entry' | 'ledger_transaction' | 'ledger_account' | 'ledger_chunk' | 'ledger_root';
  row: string;
  what: string;
}

export interface Verdict {
  entries: bigint;
  /** By brand, the newest sealed day and its root. */
  sealed: { brand: string; days: number; day: string; root: string }[];
  difference: Difference | null;
}

/** Roots that were read where they were published, to be held against those in the database: `brand day` → hex. */
export type PublishedRoots = ReadonlyMap<string, string>;

/**
 * Computes everything anew from the entries and compares: that transactions sum to zero, that each entry states the
 * balance after it, that balances of accounts are those of their entries, and that each sealed day still has the root
 * that it was sealed (and published) with. Trusts no trigger. In a read-only transaction with one snapshot.
 */
export async function ledgerVerify(tx: Tx, published: PublishedRoots = new Map()): Promise<Verdict> {
  const { rows } = await sql<{ entries: bigint }>`select count(*) as entries from ledger_entry`.execute(tx);
  const verdict: Verdict = { entries: rows[0]!.entries, sealed: [], difference: null };
  verdict.difference = await firstOf(tx);
  if (verdict.difference) return verdict;
  const previous = new Map<string, Buffer>();
  for (const day of await sealedDays(tx)) {
    const before = previous.get(day.brand) ?? FIRST_PREVIOUS;
    const difference = await differs(tx, day, before, published);
    if (difference) return { ...verdict, difference };
    previous.set(day.brand, day.root);
    const entry = verdict.sealed.find(({ brand }) => brand === day.brand);
    const state = {
      brand: day.brand,
      day: day.day,
      days: (entry?.days ?? 0) + 1,
      root: day.root.toString('hex'),
    };
    if (entry) Object.assign(entry, state);
    else verdict.sealed.push(state);
  }
  const missing = [...published].find(
    ([key]) => !verdict.sealed.some((s) => key.startsWith(`${s.brand} `) && key <= `${s.brand} ${s.day}`),
  );
  if (missing)
    verdict.difference = { table: 'ledger_root', row: missing[0], what: 'was published and is missing' };
  return verdict;
}

interface Finding {
  table: Difference['table'];
  row: string;
  figure: bigint | null;
}

/** What SQL finds faster than we; each names the first row by the order of entries. */
const CHECKS: [what: (figure: string) => string, query: ReturnType<typeof sql<Finding>>][] = [
  [
    () => 'belongs to no transaction, to no account, or to two brands',
    sql<Finding>`select 'ledger_entry' as "table", e.id::text as row, null::bigint as figure from ledger_entry e
      left join ledger_transaction t on t.id = e.transaction_id left join ledger_account a on a.id = e.account_id
      where t.brand is distinct from a.brand or t.id is null order by e.id limit 1`,
  ],
  [
    () => 'has no entries',
    sql<Finding>`select 'ledger_transaction' as "table", t.id::text as row, null::bigint as figure
      from ledger_transaction t left join ledger_entry e on e.transaction_id = t.id
      where e.id is null order by t.at, t.id limit 1`,
  ],
  [
    (sum) => `does not sum to zero, but to ${sum}`,
    sql<Finding>`select 'ledger_transaction' as "table", transaction_id::text as row, sum(amount_micro)::bigint as figure
      from ledger_entry group by transaction_id having sum(amount_micro) <> 0 order by min(id) limit 1`,
  ],
  [
    (sum) => `states another balance than its account has after it: ${sum}`,
    sql<Finding>`select 'ledger_entry' as "table", id::text as row, running as figure from (
        select id, balance_micro, (sum(amount_micro) over (partition by account_id order by id))::bigint as running
        from ledger_entry) e where balance_micro <> running order by id limit 1`,
  ],
  [
    (sum) => `has another balance than its entries make: ${sum}`,
    sql<Finding>`select 'ledger_account' as "table", a.id::text as row, coalesce(e.total, 0)::bigint as figure
      from ledger_account a
      left join (select account_id, sum(amount_micro) as total from ledger_entry group by 1) e on e.account_id = a.id
      where a.balance_micro <> coalesce(e.total, 0) order by a.id limit 1`,
  ],
  [
    (sum) => `is below its floor: ${sum}`,
    sql<Finding>`select 'ledger_account' as "table", id::text as row, balance_micro as figure from ledger_account
      where balance_micro < floor_micro or (kind = 'receivable' and balance_micro > 0) or (floor_micro is null and kind in
        ('customer_cash', 'customer_gift', 'customer_frozen', 'withdrawal_transit')) order by id limit 1`,
  ],
];

async function firstOf(tx: Tx): Promise<Difference | null> {
  for (const [what, query] of CHECKS) {
    const found = (await query.execute(tx)).rows[0];
    if (found) {
      const { table, row, figure } = found;
      return { table, row, what: what(figure === null ? '' : formatYuan(figure)) };
    }
  }
  return null;
}

interface Sealed extends ClosedDay {
  entries: bigint;
  merkleRoot: Buffer;
  previous: Buffer;
  root: Buffer;
}

async function sealedDays(tx: Tx): Promise<Sealed[]> {
  const { rows } = await sql<Sealed>`
    select d.brand, d.day, d.ends_at as "endsAt", r.entries, r.merkle_root as "merkleRoot", r.previous, r.root,
        (select max(p.ends_at) from ledger_day p where p.brand = d.brand and p.ends_at < d.ends_at) as "beginsAt"
      from ledger_root r left join ledger_day d using (brand, day) order by d.brand, d.ends_at`.execute(tx);
  return rows;
}

async function differs(
  tx: Tx,
  day: Sealed,
  previous: Buffer,
  published: PublishedRoots,
): Promise<Difference | null> {
  const entry = await differingEntry(tx, day);
  if ('table' in entry) return entry;
  const merkle = merkleRoot(entry.roots);
  const root = dayRoot({
    ...day,
    endsAt: day.endsAt.toISOString(),
    entries: Number(day.entries),
    merkleRoot: merkle,
    previous,
  });
  const row = `${day.brand} ${day.day}`;
  const shown = published.get(row);
  if (shown !== undefined && shown !== root.toString('hex'))
    return { table: 'ledger_root', row, what: `was published as ${shown}, and is ${root.toString('hex')}` };
  if (
    !day.merkleRoot.equals(merkle) ||
    !day.previous.equals(previous) ||
    !day.root.equals(root) ||
    Number(day.entries) !== entry.count
  )
    return {
      table: 'ledger_root',
      row,
      what: `doesn't follow from its entries: they make ${root.toString('hex')}`,
    };
  return null;
}

/** The first entry that isn't as it was sealed, else the roots of the day's chunks as they are now. */
async function differingEntry(
  tx: Tx,
  day: ClosedDay,
): Promise<Difference | { roots: Uint8Array[]; count: number }> {
  const found = await compareChunks(dayChunks(tx, day), (number) => sealedChunk(tx, day, number));
  if ('row' in found)
    return { table: 'ledger_entry', row: found.row, what: `${found.what} (${day.brand}, ${day.day})` };
  if ('chunk' in found)
    return { table: 'ledger_chunk', row: `${day.brand} ${day.day} ${found.chunk}`, what: found.what };
  return found;
}

async function sealedChunk(
  tx: Tx,
  { brand, day }: ClosedDay,
  number: number,
): Promise<KeptChunk | undefined> {
  const { rows } = await sql<KeptChunk>`
    select entry_ids::text[] as ids, leaves, root from ledger_chunk
      where brand = ${brand} and day = ${day} and number = ${number}`.execute(tx);
  return rows[0];
}

import { sql } from 'kysely';
import type { Tx } from '#kernel/db.ts';
import { type Chunk, chunksOf } from '#kernel/merkle-chunks.ts';
import './tables.ts';

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

/** The day's entries as they stand now, hashed, in the order of their ids. */
export function dayChunks(tx: Tx, day: ClosedDay): AsyncGenerator<Chunk> {
  return chunksOf(
    tx,
    sql`select e.id, ${LEAF_FIELDS} as fields from ledger_transaction t
      join ledger_entry e on e.transaction_id = t.id join ledger_account a on a.id = e.account_id
      where ${OF_DAY(day)} order by e.id`,
  );
}

import { sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';

/** What a customer's money did in a span of time, by the ledger alone. */

export type OwnedKind = 'customer_cash' | 'customer_gift' | 'customer_frozen' | 'receivable';

export interface Movement {
  id: bigint;
  at: Date;
  kind: string;
  memo: Record<string, string>;
  amount: Micro;
}

export interface Movements {
  /** By kind of account; those that never were are zero. */
  balances: Record<OwnedKind, { opening: Micro; change: Micro }>;
  /** Of the cash account, by the kind of transaction: they sum to its change. */
  sums: { kind: string; amount: Micro; count: number }[];
  /** Of the cash account, oldest first, `limit` at most after `skip`. */
  lines: Movement[];
  /** What the lines before these sum to. */
  skipped: Micro;
}

/** From `from` (inclusive) to `to` (exclusive), by the business time of transactions. */
export async function customerMovements(
  db: Db | Tx,
  brand: string,
  customerId: string,
  span: { from: Date; to: Date; limit: number; skip?: number },
): Promise<Movements> {
  const entries = sql`ledger_entry e join ledger_account a on a.id = e.account_id
    join ledger_transaction t on t.id = e.transaction_id
    where a.brand = ${brand} and a.customer = ${customerId}`;
  const { rows } = await sql<{ kind: OwnedKind; opening: bigint; change: bigint }>`
    select a.kind, coalesce(sum(e.amount_micro) filter (where t.at < ${span.from}), 0)::bigint as opening,
        coalesce(sum(e.amount_micro) filter (where t.at >= ${span.from}), 0)::bigint as change
      from ${entries} and t.at < ${span.to} group by 1`.execute(db);
  const balances = {
    customer_cash: { opening: 0n, change: 0n },
    customer_gift: { opening: 0n, change: 0n },
    customer_frozen: { opening: 0n, change: 0n },
    receivable: { opening: 0n, change: 0n },
  };
  for (const { kind, opening, change } of rows) if (kind in balances) balances[kind] = { opening, change };
  const cash = sql`${entries} and a.kind = 'customer_cash' and t.at >= ${span.from} and t.at < ${span.to}`;
  const { rows: sums } = await sql<{ kind: string; amount: bigint; count: number }>`
    select t.kind, sum(e.amount_micro)::bigint as amount, count(*)::int as count from ${cash}
      group by 1 order by min(e.id)`.execute(db);
  const { skip = 0 } = span;
  const { rows: lines } = await sql<Movement>`
    select e.id, t.at, t.kind, t.memo, e.amount_micro as amount from ${cash}
      order by t.at, e.id limit ${span.limit} offset ${skip}`.execute(db);
  const { rows: before } =
    skip === 0
      ? { rows: [] }
      : await sql<{ sum: bigint }>`select coalesce(sum(amount), 0)::bigint as sum from (
          select e.amount_micro as amount from ${cash} order by t.at, e.id limit ${skip}) earlier`.execute(
          db,
        );
  return { balances, sums, lines, skipped: before[0]?.sum ?? 0n };
}

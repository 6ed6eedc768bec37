import { sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import type { AccountKind } from './tables.ts';

export interface TrialLine {
  kind: AccountKind;
  /** Product, channel or name; null where a line stands for all customers' accounts of its kind. */
  owner: string | null;
  accounts: number;
  debit: Micro;
  credit: Micro;
}

/** Every account of a brand as it stood at an instant, customers' gathered by kind. Debits equal credits. */
export async function trialBalance(db: Db | Tx, brand: string, at: Date): Promise<TrialLine[]> {
  const { rows } = await sql<TrialLine>`
    select kind, case when customer is null then owner end as owner, count(*)::int as accounts,
        coalesce(sum(-balance_micro) filter (where balance_micro < 0), 0)::bigint as debit,
        coalesce(sum(balance_micro) filter (where balance_micro > 0), 0)::bigint as credit
      from ledger_balances_at(${brand}, ${at})
      group by 1, 2 order by 1, 2`.execute(db);
  return rows;
}

/** What a customer's own accounts held at an instant; those with nothing are left out. */
export async function balancesAt(
  db: Db | Tx,
  brand: string,
  customerId: string,
  at: Date,
): Promise<{ kind: AccountKind; owner: string; balance: Micro }[]> {
  const { rows } = await sql<{ kind: AccountKind; owner: string; balance: Micro }>`
    select kind, owner, balance_micro as balance from ledger_balances_at(${brand}, ${at})
      where customer = ${customerId} and balance_micro <> 0 order by kind, owner`.execute(db);
  return rows;
}

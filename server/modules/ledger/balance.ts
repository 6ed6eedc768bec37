import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { problem } from './rules.ts';
import './tables.ts';

export async function cashBalance(db: Db | Tx, brand: string, customerId: string): Promise<Micro> {
  const row = await db
    .selectFrom('ledger_account')
    .select('balance_micro')
    .where('brand', '=', brand)
    .where('kind', '=', 'customer_cash')
    .where('owner', '=', customerId)
    .executeTakeFirst();
  return row?.balance_micro ?? 0n;
}

export async function cashBalances(
  db: Db | Tx,
  brand: string,
  customerIds: string[],
): Promise<Map<string, Micro>> {
  if (customerIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('ledger_account')
    .select(['owner', 'balance_micro'])
    .where('brand', '=', brand)
    .where('kind', '=', 'customer_cash')
    .where('owner', 'in', customerIds)
    .execute();
  return new Map(rows.map((row) => [row.owner, row.balance_micro]));
}

/** Locks the customer's cash and throws `insufficient-balance`, saying how much is missing. */
export async function requireCash(tx: Tx, ctx: Ctx, customerId: string, amount: Micro): Promise<void> {
  const row = await tx
    .selectFrom('ledger_account')
    .select('balance_micro')
    .where('brand', '=', ctx.brand.id)
    .where('kind', '=', 'customer_cash')
    .where('owner', '=', customerId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  const missing = amount - (row?.balance_micro ?? 0n);
  if (missing > 0n) {
    throw problem['insufficient-balance']({ missing: formatYuan(missing) }, { missing: formatYuan(missing) });
  }
}

/** The entries of a customer's cash account, newest first, each with the balance after it. */
export async function statement(db: Db | Tx, brand: string, customerId: string, before?: string) {
  return db
    .with('lines', (q) =>
      q
        .selectFrom('ledger_entry as e')
        .innerJoin('ledger_account as a', 'a.id', 'e.account_id')
        .innerJoin('ledger_transaction as t', 't.id', 'e.transaction_id')
        .select([
          'e.id',
          't.at',
          't.kind',
          't.memo',
          'e.amount_micro',
          sql<bigint>`(sum(e.amount_micro) over (order by e.id))::bigint`.as('balance_micro'),
        ])
        .where('a.brand', '=', brand)
        .where('a.kind', '=', 'customer_cash')
        .where('a.owner', '=', customerId),
    )
    .selectFrom('lines')
    .selectAll()
    .$if(before !== undefined, (q) => q.where('id', '<', BigInt(before!)))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

/** Zero when the ledger is whole: the sum of all entries, and of all differences between a balance and its entries. */
export async function ledgerCheck(db: Db | Tx): Promise<{ sum: Micro; drift: Micro }> {
  const { rows } = await sql<{ sum: bigint; drift: bigint }>`
    select coalesce((select sum(amount_micro) from ledger_entry), 0)::bigint as sum,
      coalesce((select sum(abs(a.balance_micro - coalesce(e.total, 0))) from ledger_account a
        left join (select account_id, sum(amount_micro) as total from ledger_entry group by 1) e
          on e.account_id = a.id), 0)::bigint as drift`.execute(db);
  return rows[0]!;
}

import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { problem } from './rules.ts';
import type { AccountKind } from './tables.ts';

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
  const missing = amount - (await cashLocked(tx, ctx, [customerId])).get(customerId)!;
  if (missing > 0n) {
    throw problem['insufficient-balance']({ missing: formatYuan(missing) }, { missing: formatYuan(missing) });
  }
}

/**
 * Locks the cash of these customers, in the order in which postings lock, and says what each has (none: 0). For
 * batches: whoever can't pay is known before anything is posted.
 */
export async function cashLocked(tx: Tx, ctx: Ctx, customerIds: string[]): Promise<Map<string, Micro>> {
  const balances = new Map<string, Micro>(customerIds.map((id) => [id, 0n]));
  if (customerIds.length === 0) return balances;
  const { rows } = await sql<{ owner: string; balance_micro: bigint }>`
    select owner, balance_micro from ledger_account
      where brand = ${ctx.brand.id} and kind = 'customer_cash' and owner = any (${customerIds}::text[])
      order by id for no key update`.execute(tx);
  for (const { owner, balance_micro } of rows) balances.set(owner, balance_micro);
  return balances;
}

export interface Balances {
  cash: Micro;
  /** Of all grants together. */
  gift: Micro;
  frozen: Micro;
  /** Zero or below: what the customer owes. */
  receivable: Micro;
}

export async function balances(db: Db | Tx, brand: string, customerId: string): Promise<Balances> {
  return (await balancesAll(db, brand, [customerId])).get(customerId)!;
}

/** The same of many customers. */
export async function balancesAll(
  db: Db | Tx,
  brand: string,
  customerIds: readonly string[],
): Promise<Map<string, Balances>> {
  const all = new Map(
    customerIds.map((id): [string, Balances] => [id, { cash: 0n, gift: 0n, frozen: 0n, receivable: 0n }]),
  );
  const rows = await db
    .selectFrom('ledger_account')
    .select(['customer', 'kind', 'balance_micro'])
    .where('brand', '=', brand)
    .where('customer', '=', sql<string>`any(${customerIds}::text[])`)
    .execute();
  for (const { customer, kind, balance_micro } of rows) {
    const name = OWN[kind];
    if (name) all.get(customer!)![name] += balance_micro;
  }
  return all;
}

const OWN: Partial<Record<AccountKind, keyof Balances>> = {
  customer_cash: 'cash',
  customer_gift: 'gift',
  customer_frozen: 'frozen',
  receivable: 'receivable',
};

/** The entries of a customer's cash account, newest first, each with the balance after it; a page and one more. */
export async function statement(db: Db | Tx, brand: string, customerId: string, before?: string) {
  return db
    .selectFrom('ledger_entry as e')
    .innerJoin('ledger_transaction as t', 't.id', 'e.transaction_id')
    .select(['e.id', 't.at', 't.kind', 't.memo', 'e.amount_micro', 'e.balance_micro'])
    .where('e.account_id', '=', (q) =>
      q
        .selectFrom('ledger_account as a')
        .select('a.id')
        .where('a.brand', '=', brand)
        .where('a.kind', '=', 'customer_cash')
        .where('a.owner', '=', customerId),
    )
    .$if(before !== undefined, (q) => q.where('e.id', '<', BigInt(before!)))
    .orderBy('e.id', 'desc')
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

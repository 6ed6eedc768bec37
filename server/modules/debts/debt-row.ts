import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import type { Micro } from '#kernel/money.ts';
import type { Owed } from './rules.ts';
import type { DebtTable } from './tables.ts';
import './tables.ts';

export type Debt = Selectable<DebtTable>;

export function debtList(
  db: Db | Tx,
  brand: string,
  filter: { customerId?: string | undefined; open?: boolean | undefined; before?: string | undefined },
): Promise<Debt[]> {
  return db
    .selectFrom('debts_debt')
    .selectAll()
    .where('brand', '=', brand)
    .$if(filter.customerId !== undefined, (q) => q.where('customer_id', '=', filter.customerId!))
    .$if(filter.open === true, (q) => q.where('closed_at', 'is', null))
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

/** All that a customer owes for, the oldest first, as money is used for it. */
export function debtsStanding(db: Db | Tx, brand: string, customerId: string): Promise<Debt[]> {
  return db
    .selectFrom('debts_debt')
    .selectAll()
    .where('brand', '=', brand)
    .where('customer_id', '=', customerId)
    .where('closed_at', 'is', null)
    .orderBy('opened_at')
    .orderBy('id')
    .execute();
}

/** What a customer owes in all: unpaid principal and late fees; with `due` only what is to be paid by then. */
export async function owedBy(db: Db | Tx, brand: string, customerId: string, due?: Date): Promise<Micro> {
  return (await owedByAll(db, brand, [customerId], due)).get(customerId) ?? 0n;
}

/** The same of many customers; who owes nothing isn't named. */
export async function owedByAll(
  db: Db | Tx,
  brand: string,
  customerIds: readonly string[],
  due?: Date,
): Promise<Map<string, Micro>> {
  const rows = await sums(db)
    .select('customer_id')
    .where('brand', '=', brand)
    .where('customer_id', '=', sql<string>`any(${customerIds}::uuid[])`)
    .where('closed_at', 'is', null)
    .$if(due !== undefined, (q) =>
      q.where((e) => e.or([e('settle_from', 'is', null), e('settle_from', '<=', due!)])),
    )
    .groupBy('customer_id')
    .execute();
  return new Map(rows.map((row) => [row.customer_id, left(row)]));
}

/** What is unpaid of what one charge left, with its late fee. */
export async function owedFor(db: Db | Tx, source: string, sourceId: string): Promise<Micro> {
  const row = await sums(db)
    .where('source', '=', source)
    .where('source_id', '=', sourceId)
    .where('closed_at', 'is', null)
    .executeTakeFirstOrThrow();
  return left(row);
}

/** The same for many charges of one kind, by their ids; what owes nothing isn't named. */
export async function owedForAll(
  db: Db | Tx,
  source: string,
  sourceIds: readonly string[],
): Promise<Map<string, Owed>> {
  if (sourceIds.length === 0) return new Map();
  const rows = await db
    .selectFrom('debts_debt')
    .selectAll()
    .where('source', '=', source)
    .where('source_id', 'in', sourceIds)
    .where('closed_at', 'is', null)
    .execute();
  return new Map(rows.map((row) => [row.source_id, owed(row)]));
}

function sums(db: Db | Tx) {
  return db
    .selectFrom('debts_debt')
    .select((e) => [
      e.fn.sum<string | null>('amount_micro').as('amount'),
      e.fn.sum<string | null>('fee_micro').as('fee'),
      e.fn.sum<string | null>('paid_micro').as('paid'),
      e.fn.sum<string | null>('fee_paid_micro').as('fee_paid'),
      e.fn.sum<string | null>('written_off_micro').as('written_off'),
    ]);
}

type Sums = Record<'amount' | 'fee' | 'paid' | 'fee_paid' | 'written_off', string | null>;

function left(row: Sums): Micro {
  const of = (sum: string | null) => BigInt(sum ?? 0);
  return of(row.amount) + of(row.fee) - of(row.paid) - of(row.fee_paid) - of(row.written_off);
}

/** What is left of one debt, by its kind. Written off is always all that was left. */
export function owed(debt: Debt): Owed {
  if (debt.closed_at) return { principal: 0n, fee: 0n };
  return { principal: debt.amount_micro - debt.paid_micro, fee: debt.fee_micro - debt.fee_paid_micro };
}

/** What was given up of the principal of these charges: nobody paid it. */
export async function debtsGivenUp(
  db: Db | Tx,
  source: string,
  sourceIds: readonly string[],
): Promise<Micro> {
  if (sourceIds.length === 0) return 0n;
  const rows = await db
    .selectFrom('debts_debt')
    .select(['amount_micro', 'paid_micro'])
    .where('source', '=', source)
    .where('source_id', 'in', sourceIds)
    .where('written_off_micro', '>', 0n)
    .execute();
  return rows.reduce((sum, row) => sum + row.amount_micro - row.paid_micro, 0n);
}

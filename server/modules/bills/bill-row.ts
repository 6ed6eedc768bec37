import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import type { Micro } from '#kernel/money.ts';
import { owedForAll } from '#modules/debts/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { servicesByIds } from '#modules/lifecycle/index.ts';
import { type NoticeRequest, noticeSend } from '#modules/notify/index.ts';
import { type Policy, policyOf } from '#modules/terms/index.ts';
import type { BillTable, CreditTable } from './tables.ts';
import './tables.ts';

export type Bill = Selectable<BillTable>;
export type Credit = Selectable<CreditTable>;

/** The `source` of a bill's debt: what it left owing is named as its order's ledger transaction is. */
export const BILLED = 'order';

/** Locks a bill that isn't closed; null when it is. */
export async function billLock(tx: Tx, by: { id: string } | { order_id: string }): Promise<Bill | null> {
  const [column, value] = 'id' in by ? (['id', by.id] as const) : (['order_id', by.order_id] as const);
  const row = await tx
    .selectFrom('arrears_bill')
    .selectAll()
    .where(column, '=', value)
    .where('closed_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  return row ?? null;
}

export async function billSet(tx: Tx, bill: Bill, set: Partial<Bill>): Promise<Bill> {
  await tx.updateTable('arrears_bill').set(set).where('id', '=', bill.id).execute();
  return { ...bill, ...set };
}

/** The terms that hold for the service that a bill is for. */
export function billPolicy(tx: Tx, ctx: Ctx, bill: Bill): Promise<Policy> {
  const { customer_id: customerId, service_id: serviceId, acceptance_id: acceptanceId } = bill;
  return policyOf(tx, { customerId, serviceId, acceptanceId }, ctx.now);
}

export async function labelOf(tx: Tx, bill: Bill): Promise<string> {
  const [service] = await servicesByIds(tx, bill.brand, [bill.service_id]);
  return service?.label ?? bill.number;
}

/** Bills with what of each is still to be paid, late fee included; newest first, a page and one more. */
export async function billList(
  db: Db | Tx,
  brand: string,
  filter: {
    customerId?: string | undefined;
    id?: string | undefined;
    open?: boolean | undefined;
    before?: string | undefined;
  },
): Promise<{ bill: Bill; principal: Micro; fee: Micro }[]> {
  const bills = await db
    .selectFrom('arrears_bill')
    .selectAll()
    .where('brand', '=', brand)
    .$if(filter.customerId !== undefined, (q) => q.where('customer_id', '=', filter.customerId!))
    .$if(filter.id !== undefined, (q) => q.where('id', '=', filter.id!))
    .$if(filter.open === true, (q) => q.where('closed_at', 'is', null))
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
  const owed = await owedForAll(
    db,
    BILLED,
    bills.map(({ order_id }) => order_id),
  );
  return bills.map((bill) => ({ bill, ...(owed.get(bill.order_id) ?? { principal: 0n, fee: 0n }) }));
}

/** What staff allow a customer; null where nothing, or not any longer. */
export async function creditOf(db: Db | Tx, brand: string, customerId: string): Promise<Credit | null> {
  const row = await db
    .selectFrom('arrears_credit')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('brand', '=', brand)
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst();
  return row ?? null;
}

/** The same, for one bill at a time: two that are due at once would each see what the other has not used yet. */
export async function creditLock(tx: Tx, brand: string, customerId: string): Promise<Credit | null> {
  await tx
    .selectFrom('arrears_credit')
    .select('customer_id')
    .where('customer_id', '=', customerId)
    .where('brand', '=', brand)
    .forUpdate()
    .execute();
  return creditOf(tx, brand, customerId);
}

/** What all of a customer's bills still leave to be paid, and whether one of them was to be paid by `now`. */
export async function unpaidBills(
  db: Db | Tx,
  { brand: { id: brand }, now }: Pick<Ctx, 'brand' | 'now'>,
  customerId: string,
): Promise<{ unpaid: Micro; overdue: boolean }> {
  const rows = await db
    .selectFrom('arrears_bill')
    .select(['order_id', 'due_at'])
    .where('brand', '=', brand)
    .where('customer_id', '=', customerId)
    .where('closed_at', 'is', null)
    .execute();
  const owed = await owedForAll(
    db,
    BILLED,
    rows.map(({ order_id }) => order_id),
  );
  return {
    unpaid: [...owed.values()].reduce((sum, { principal, fee }) => sum + principal + fee, 0n),
    overdue: rows.some(({ due_at }) => due_at <= now),
  };
}

/** Tells a bill's customer something. Returns the notice's id. */
export async function tell(
  tx: Tx,
  ctx: Ctx,
  customerId: string,
  notice: Pick<NoticeRequest, 'kind' | 'dedupe' | 'values'>,
): Promise<string> {
  const { user_id: userId, email, locale } = await customerRead(tx, customerId);
  return noticeSend(tx, ctx, { ...notice, to: { customerId, userId, email, locale } });
}

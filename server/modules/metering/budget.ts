import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan, MICRO_MAX, type Micro } from '#kernel/money.ts';
import { problem as common } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { type EstimateLine, estimate } from './estimate.ts';
import { metersOf } from './meter-read.ts';
import { BUDGETS_MAX, problem } from './rules.ts';
import { monthOf, slotEnd } from './slots.ts';
import type { BudgetTable } from './tables.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** The customer wants nothing more spent this month (on this product, or on all). Products stop what costs. */
    'spending.stopped': { customerId: string; product: string | null; budgetId: string };
    'spending.resumed': { customerId: string; product: string | null; budgetId: string };
  }
}

export type Budget = Selectable<BudgetTable>;

export interface BudgetInput {
  name: string;
  product: string | null;
  amount: Micro;
  percents: number[];
  /** Stop at 100 %. */
  stop: boolean;
}

export function budgetList(db: Db | Tx, brand: string, customerId: string): Promise<Budget[]> {
  return db
    .selectFrom('metering_budget')
    .selectAll()
    .where('brand', '=', brand)
    .where('customer_id', '=', customerId)
    .where('deleted_at', 'is', null)
    .orderBy('id', 'desc')
    .execute();
}

export async function budgetSet(
  tx: Tx,
  ctx: Ctx,
  customerId: string,
  id: string | null,
  input: BudgetInput,
): Promise<string> {
  const { product } = input;
  if (product !== null && !(await metersOf(tx, ctx.brand.id)).some((meter) => meter.product === product))
    throw problem['metered-product-unknown']({}, { errors: [{ field: 'product', message: product }] });
  const values = {
    product,
    name: input.name,
    amount_micro: input.amount,
    percents: [...new Set(input.percents)].sort((a, b) => a - b),
    stop: input.stop,
    check_at: ctx.now,
  };
  if (id) {
    await budgetLocked(tx, ctx, customerId, id);
    await tx.updateTable('metering_budget').set(values).where('id', '=', id).execute();
  } else {
    if ((await budgetList(tx, ctx.brand.id, customerId)).length >= BUDGETS_MAX)
      throw problem['too-many-budgets']({ max: BUDGETS_MAX });
    id = newId();
    const own = { id, brand: ctx.brand.id, customer_id: customerId, created_at: ctx.now, deleted_at: null };
    await tx
      .insertInto('metering_budget')
      .values({ ...own, ...values })
      .execute();
  }
  await auditRecord(tx, ctx, {
    action: 'budget.set',
    subject: { kind: 'budget', id },
    customerId,
    facts: { amount: formatYuan(input.amount), percents: values.percents, stop: input.stop, product },
  });
  return id;
}

export async function budgetDelete(tx: Tx, ctx: Ctx, customerId: string, id: string): Promise<void> {
  const budget = await budgetLocked(tx, ctx, customerId, id);
  await tx
    .updateTable('metering_budget')
    .set({ deleted_at: ctx.now, check_at: null })
    .where('id', '=', id)
    .execute();
  await stopLift(tx, ctx, budget, 'budget deleted');
}

async function budgetLocked(tx: Tx, ctx: Ctx, customerId: string, id: string): Promise<Budget> {
  const budget = await tx
    .selectFrom('metering_budget')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .where('customer_id', '=', customerId)
    .where('deleted_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!budget) throw common['not-found']();
  return budget;
}

/** Looks at budgets whose customers used something: notices, each threshold once a month, and the stop. Returns how many. */
export async function budgetsCheck(tx: Tx, ctx: Ctx): Promise<number> {
  const due = await tx
    .selectFrom('metering_budget')
    .selectAll()
    .where('brand', '=', ctx.brand.id)
    .where('check_at', '<=', ctx.now)
    .where('deleted_at', 'is', null)
    .orderBy('check_at')
    .limit(200)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const budget of due) {
    const lines = await estimate(tx, ctx, budget.customer_id);
    const stopped = await budgetCheck(tx, ctx, budget, spentOf(lines, budget.product));
    // A stop ends with its month, though nothing is used any more that would make anybody look.
    const check_at = stopped ? slotEnd(ctx.now, 'month', ctx.brand.zone) : null;
    await tx.updateTable('metering_budget').set({ check_at }).where('id', '=', budget.id).execute();
  }
  return due.length;
}

/** Charged and estimated, in all or for one product. */
export function spentOf(lines: EstimateLine[], product: string | null): Micro {
  return lines
    .filter(({ meter }) => product === null || meter.product === product)
    .reduce((sum, { charged, pending }) => sum + charged + pending, 0n);
}

/** Returns whether it stops spending now. */
async function budgetCheck(tx: Tx, ctx: Ctx, budget: Budget, spent: Micro): Promise<boolean> {
  const month = monthOf(ctx.now, ctx.brand.zone);
  const reached = budget.percents.filter((percent) => spent * 100n >= budget.amount_micro * BigInt(percent));
  for (const percent of reached) await alertOnce(tx, ctx, budget, { month, percent, spent });
  const stops = budget.stop && spent >= budget.amount_micro;
  const stop = await tx
    .selectFrom('metering_stop')
    .select(['id', 'month'])
    .where('budget_id', '=', budget.id)
    .where('lifted_at', 'is', null)
    .executeTakeFirst();
  if (stop && (!stops || stop.month !== month)) await stopLift(tx, ctx, budget, 'within the budget');
  if (stops && stop?.month !== month) await stopBegin(tx, ctx, budget, month, spent);
  return stops;
}

interface Threshold {
  month: string;
  percent: number;
  spent: Micro;
}

async function alertOnce(
  tx: Tx,
  ctx: Ctx,
  budget: Budget,
  { month, percent, spent }: Threshold,
): Promise<void> {
  const row = {
    budget_id: budget.id,
    month,
    percent,
    spent_micro: spent < MICRO_MAX ? spent : MICRO_MAX,
    at: ctx.now,
    notice_id: null,
  };
  const placed = await tx
    .insertInto('metering_alert')
    .values(row)
    .onConflict((conflict) => conflict.columns(['budget_id', 'month', 'percent']).doNothing())
    .executeTakeFirst();
  if (placed.numInsertedOrUpdatedRows === 0n) return;
  const notice_id = await tell(tx, ctx, budget, 'budget-alert', `${month}:${percent}`, {
    name: budget.name,
    percent,
    spent: formatYuan(spent),
    amount: formatYuan(budget.amount_micro),
  });
  await tx
    .updateTable('metering_alert')
    .set({ notice_id })
    .where('budget_id', '=', budget.id)
    .where('month', '=', month)
    .where('percent', '=', percent)
    .execute();
}

async function tell(
  tx: Tx,
  ctx: Ctx,
  budget: Budget,
  kind: 'budget-alert' | 'spending-stopped',
  what: string,
  values: Record<string, string | number>,
): Promise<string> {
  const { user_id: userId, email, locale } = await customerRead(tx, budget.customer_id);
  return noticeSend(tx, ctx, {
    kind,
    dedupe: `${kind}:${budget.id}:${what}`,
    to: { customerId: budget.customer_id, userId, email, locale },
    values,
  });
}

/** The customer's own setting stops it, and is what the record cites. */
async function stopBegin(tx: Tx, ctx: Ctx, budget: Budget, month: string, spent: Micro): Promise<void> {
  const { id: budgetId, customer_id: customerId, product } = budget;
  const id = newId();
  await tx
    .insertInto('metering_stop')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: customerId,
      budget_id: budgetId,
      product,
      month,
      began_at: ctx.now,
      lifted_at: null,
    })
    .execute();
  const amount = formatYuan(budget.amount_micro);
  const notice = await tell(tx, ctx, budget, 'spending-stopped', id, {
    name: budget.name,
    spent: formatYuan(spent),
    amount,
  });
  await auditRecord(tx, ctx, {
    action: 'spending.stopped',
    subject: { kind: 'budget', id: budgetId },
    customerId,
    facts: { setting: { budget: budget.name, amount, stop: true, product }, spent: formatYuan(spent), month },
    notices: [notice],
  });
  await ctx.bus.emit(tx, ctx, 'spending.stopped', { customerId, product, budgetId });
}

async function stopLift(tx: Tx, ctx: Ctx, budget: Budget, reason: string): Promise<void> {
  const { id: budgetId, customer_id: customerId, product } = budget;
  const lifted = await tx
    .updateTable('metering_stop')
    .set({ lifted_at: ctx.now })
    .where('budget_id', '=', budgetId)
    .where('lifted_at', 'is', null)
    .executeTakeFirst();
  if (lifted.numUpdatedRows === 0n) return;
  await auditRecord(tx, ctx, {
    action: 'spending.resumed',
    subject: { kind: 'budget', id: budgetId },
    customerId,
    facts: { reason },
  });
  await ctx.bus.emit(tx, ctx, 'spending.resumed', { customerId, product, budgetId });
}

/** Does a customer's own budget stop this product now? For rooms above, before they let something new cost. */
export async function spendingStopped(
  db: Db | Tx,
  brand: string,
  customerId: string,
  product: string,
): Promise<boolean> {
  const row = await db
    .selectFrom('metering_stop')
    .select('id')
    .where('brand', '=', brand)
    .where('customer_id', '=', customerId)
    .where('lifted_at', 'is', null)
    .where((e) => e.or([e('product', 'is', null), e('product', '=', product)]))
    .executeTakeFirst();
  return row !== undefined;
}

export function stopsOf(db: Db | Tx, brand: string, customerId: string) {
  return db
    .selectFrom('metering_stop')
    .select(['budget_id', 'product', 'began_at'])
    .where('brand', '=', brand)
    .where('customer_id', '=', customerId)
    .where('lifted_at', 'is', null)
    .execute();
}

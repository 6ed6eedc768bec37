import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan, MICRO_MAX, type Micro } from '#kernel/money.ts';
import { type EstimateLine, estimate, monthOf, slotEnd } from '#modules/metering/index.ts';
import { tell } from './budget-tell.ts';
import { stopBegin, stopLift } from './spending-stop.ts';
import type { Budget } from './tables.ts';
import './tables.ts';

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

/** Budgets of these customers are looked at soon. */
export async function budgetsCheckSoon(tx: Tx, ctx: Ctx, customerIds: string[]): Promise<void> {
  await tx
    .updateTable('metering_budget')
    .set({ check_at: ctx.now })
    .where('customer_id', '=', sql<string>`any(${customerIds}::uuid[])`)
    .where('deleted_at', 'is', null)
    .where((e) => e.or([e('check_at', 'is', null), e('check_at', '>', ctx.now)]))
    .execute();
}

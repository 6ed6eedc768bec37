import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { problem as common } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { metersOf, productUnknown } from '#modules/metering/index.ts';
import { BUDGETS_MAX, problem } from './rules.ts';
import { stopLift } from './spending-stop.ts';
import type { Budget } from './tables.ts';
import './tables.ts';

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
    throw productUnknown(product);
  const values = {
    product,
    name: input.name,
    amount_micro: input.amount,
    percents: [...new Set(input.percents)].sort((a, b) => a - b),
    stop: input.stop,
    check_at: ctx.now,
  };
  let before: Settings | null = null;
  if (id) {
    const was = await budgetLocked(tx, ctx, customerId, id);
    before = settingsOf(was);
    await tx.updateTable('metering_budget').set(values).where('id', '=', id).execute();
    // What it stopped goes on; whether the other product is over it is looked at next.
    if (was.product !== product) await stopLift(tx, ctx, was, 'budget moved to another product');
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
    facts: { before, after: settingsOf(values) },
  });
  return id;
}

type Settings = ReturnType<typeof settingsOf>;

function settingsOf(budget: {
  product: string | null;
  amount_micro: bigint;
  percents: number[];
  stop: boolean;
}) {
  const { product, amount_micro, percents, stop } = budget;
  return { product, amount: formatYuan(amount_micro), percents, stop };
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

import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { tell } from './budget-tell.ts';
import type { Budget } from './tables.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** The customer wants nothing more spent this month (on this product, or on all). Products stop what costs. */
    'spending.stopped': { customerId: string; product: string | null; budgetId: string };
    'spending.resumed': { customerId: string; product: string | null; budgetId: string };
  }
}

/** The customer's own setting stops it, and is what the record cites. */
export async function stopBegin(
  tx: Tx,
  ctx: Ctx,
  budget: Budget,
  month: string,
  spent: Micro,
): Promise<void> {
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

export async function stopLift(tx: Tx, ctx: Ctx, budget: Budget, reason: string): Promise<void> {
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

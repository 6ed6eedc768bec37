import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { auditRecord, type ClauseRef } from '#modules/audit/index.ts';
import { stockReturn } from '#modules/catalogue/index.ts';
import { ledgerPost } from '#modules/ledger/index.ts';
import './tables.ts';

/**
 * Puts what was paid for a service that could not be made back into the balance, in whole. Refunded already:
 * nothing happens. Returns the order's number and amount.
 */
export async function orderRefund(
  tx: Tx,
  ctx: Ctx,
  input: { serviceId: string; clause: ClauseRef; reason: string },
): Promise<{ number: string; amount: Micro }> {
  const order = await tx
    .selectFrom('billing_order')
    .selectAll()
    .where('service_id', '=', input.serviceId)
    .where('kind', '=', 'new')
    .forUpdate()
    .executeTakeFirstOrThrow();
  const result = { number: order.number, amount: order.amount_micro };
  if (order.state === 'refunded') return result;

  const accrual = await tx
    .selectFrom('billing_accrual')
    .select('earned_micro')
    .where('order_id', '=', order.id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (order.amount_micro > 0n) {
    await ledgerPost(tx, ctx, {
      kind: 'order-refund',
      source: 'order-refund',
      sourceId: order.id,
      lines: [
        { account: { kind: 'customer_cash', owner: order.customer_id }, amount: order.amount_micro },
        {
          account: { kind: 'deferred_revenue', owner: order.product },
          amount: accrual.earned_micro - order.amount_micro,
        },
        { account: { kind: 'revenue', owner: order.product }, amount: -accrual.earned_micro },
      ],
      memo: { order: order.number },
    });
  }
  await tx.updateTable('billing_accrual').set({ due_at: null }).where('order_id', '=', order.id).execute();
  await tx
    .updateTable('billing_order')
    .set({ state: 'refunded', refunded_at: ctx.now })
    .where('id', '=', order.id)
    .execute();
  await stockReturn(tx, ctx, order.plan, order.region);
  await auditRecord(tx, ctx, {
    action: 'order.refunded',
    subject: { kind: 'order', id: order.id },
    customerId: order.customer_id,
    clause: input.clause,
    facts: { number: order.number, amount: formatYuan(order.amount_micro), reason: input.reason },
  });
  return result;
}

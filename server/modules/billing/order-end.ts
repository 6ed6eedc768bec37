import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import type { ClauseRef } from '#modules/audit/index.ts';
import { cashLocked } from '#modules/ledger/index.ts';
import { accrualOf } from './accrual.ts';
import { type Order, refundPart } from './order-refund.ts';
import { type Cover, gross, takeBack, unconsumed } from './proration.ts';
import './tables.ts';

export interface PaidCover extends Cover {
  order: Order;
}

/** The orders of a service that still cover something, the newest first. */
export async function coversOf(
  db: Db | Tx,
  serviceId: string,
  now: Date,
  options: { lock: boolean },
): Promise<PaidCover[]> {
  const orders = await db
    .selectFrom('billing_order')
    .selectAll()
    .where('service_id', '=', serviceId)
    .where('state', '=', 'paid')
    .where('period_end', '>', now)
    .orderBy('id', 'desc')
    .$if(options.lock, (q) => q.forUpdate())
    .execute();
  if (orders.length === 0) return [];
  const accruals = await db
    .selectFrom('billing_accrual')
    .selectAll()
    .where(
      'order_id',
      'in',
      orders.map(({ id }) => id),
    )
    .execute();
  return orders.map((order) => {
    const row = accruals.find(({ order_id }) => order_id === order.id)!;
    return { orderId: order.id, order, accrual: accrualOf(row), tax: row.tax_micro };
  });
}

/** Whether any of it was paid by somebody else, who had the service before (decision 0039). */
export function paidByAnother(covers: readonly PaidCover[], customerId: string): boolean {
  return covers.some(({ order }) => order.customer_id !== customerId);
}

/** What was paid for a service and isn't consumed: by anybody, or by this customer. */
export async function serviceWorth(
  db: Db | Tx,
  serviceId: string,
  now: Date,
  paidBy?: string,
): Promise<Micro> {
  const covers = (await coversOf(db, serviceId, now, { lock: false })).filter(
    ({ order }) => paidBy === undefined || order.customer_id === paidBy,
  );
  return covers.reduce((sum, cover) => sum + gross(unconsumed(cover, now)), 0n);
}

/**
 * Gives back what was paid for an ended service and isn't consumed, order by order, the newest first, and no more than
 * `atMost`: gifts as gifts, cash to the balance, each to whoever paid it (decision 0039). `cause` names the end, so that
 * it can't give back twice. Returns what came back to this customer.
 */
export async function orderEnd(
  tx: Tx,
  ctx: Ctx,
  input: {
    serviceId: string;
    customerId: string;
    cause: string;
    clause: ClauseRef;
    reason: string;
    atMost?: Micro;
  },
): Promise<Micro> {
  const paid = await coversOf(tx, input.serviceId, ctx.now, { lock: false });
  const payers = new Set([input.customerId, ...paid.map(({ order }) => order.customer_id)]);
  await cashLocked(tx, ctx, [...payers]);
  const covers = await coversOf(tx, input.serviceId, ctx.now, { lock: true });
  const lefts = covers.map((cover) => ({ orderId: cover.orderId, left: unconsumed(cover, ctx.now) }));
  const worth = lefts.reduce((sum, { left }) => sum + gross(left), 0n);
  const { cause, clause, reason, atMost = worth } = input;
  let back = 0n;
  for (const { orderId, amount, tax } of takeBack(atMost, lefts)) {
    const { order } = covers.find((cover) => cover.orderId === orderId)!;
    const refunded = await refundPart(tx, ctx, order, { amount, tax, cause, clause, reason });
    if (order.customer_id === input.customerId) back += refunded;
  }
  return back;
}

import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import type { ClauseRef } from '#modules/audit/index.ts';
import { cashLocked } from '#modules/ledger/index.ts';
import { accrualOf } from './accrual.ts';
import { type CameBack, type Order, refundPart } from './order-refund.ts';
import { type Cover, gross, takeBack, unconsumed, type Value } from './proration.ts';
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
 * Gives back what was paid for an ended service and isn't consumed, order by order, the newest first: gifts as gifts, cash
 * to the balance, each to whoever paid it (decision 0039). A figure that was agreed with its customer is of what that one
 * paid; what others paid goes back to them or doesn't, whatever was agreed. `cause` names the end, so that it can't give
 * back twice. Returns what came back to this customer.
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
    agreed?: { amount: Micro; toOthers: boolean };
  },
): Promise<Micro> {
  const paid = await coversOf(tx, input.serviceId, ctx.now, { lock: false });
  const payers = new Set([input.customerId, ...paid.map(({ order }) => order.customer_id)]);
  await cashLocked(tx, ctx, [...payers]);
  const covers = await coversOf(tx, input.serviceId, ctx.now, { lock: true });
  const lefts = covers.map((cover) => ({ ...cover, left: unconsumed(cover, ctx.now) }));
  const own = lefts.filter(({ order }) => order.customer_id === input.customerId);
  const others = lefts.filter(({ order }) => order.customer_id !== input.customerId);
  const { cause, clause, reason, agreed = { amount: worthOf(own), toOthers: true } } = input;
  const parts = [
    ...takeBack(agreed.amount, own),
    ...(agreed.toOthers ? takeBack(worthOf(others), others) : []),
  ];
  let back = 0n;
  for (const { orderId, amount, tax } of parts) {
    const { order } = covers.find((cover) => cover.orderId === orderId)!;
    const { amount: refunded } = await refundPart(tx, ctx, order, { amount, tax, cause, clause, reason });
    if (order.customer_id === input.customerId) back += refunded;
  }
  return back;
}

function worthOf(lefts: readonly { left: Value }[]): Micro {
  return lefts.reduce((sum, { left }) => sum + gross(left), 0n);
}

/** Takes amounts from covers, and says what of it came back to which gifts. */
export async function coversGiveBack(
  tx: Tx,
  ctx: Ctx,
  takings: readonly { covers: readonly PaidCover[]; amount: Micro }[],
  how: { cause: string; reason: string; clause: ClauseRef },
): Promise<CameBack> {
  const gifts = new Map<string, Micro>();
  let whole = 0n;
  for (const { covers, amount: wanted } of takings) {
    const lefts = covers.map((cover) => ({ orderId: cover.orderId, left: unconsumed(cover, ctx.now) }));
    for (const { orderId, amount, tax } of takeBack(wanted, lefts)) {
      const order = await tx
        .selectFrom('billing_order')
        .selectAll()
        .where('id', '=', orderId)
        .forUpdate()
        .executeTakeFirstOrThrow();
      const back = await refundPart(tx, ctx, order, { amount, tax, ...how });
      whole += back.amount;
      for (const [id, part] of back.gifts) gifts.set(id, (gifts.get(id) ?? 0n) + part);
    }
  }
  return { amount: whole, gifts };
}

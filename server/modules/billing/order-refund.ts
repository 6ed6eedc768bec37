import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan, type Micro, splitFen } from '#kernel/money.ts';
import { auditRecord, type ClauseRef } from '#modules/audit/index.ts';
import { couponReturn, stockReturn } from '#modules/catalogue/index.ts';
import { debtsGivenUp } from '#modules/debts/index.ts';
import { giftsGiveBack, giftUses } from '#modules/gifts/index.ts';
import { cashLocked, type Line, ledgerPost } from '#modules/ledger/index.ts';
import { accrualOf, nextLook } from './accrual.ts';
import { rebased } from './proration.ts';
import { earnedAt } from './rules.ts';
import type { AccrualTable, OrderTable } from './tables.ts';
import './tables.ts';

export type Order = Selectable<OrderTable>;

/**
 * Puts what was paid for a service that could not be made back where it came from, in whole: cash to the balance,
 * gifts to the gifts, the coupon to be used again. Refunded already: nothing happens. Returns number and amount.
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
  await cashLocked(tx, ctx, [order.customer_id]);
  await tx
    .updateTable('billing_order')
    .set({ state: 'refunded', refunded_at: ctx.now })
    .where('id', '=', order.id)
    .execute();
  if (order.redemption_id) await redemptionReturn(tx, ctx, order.redemption_id);
  await stockReturn(tx, ctx, order.plan, order.region);
  const back = { amount: order.amount_micro, tax: order.tax_micro };
  await refundPart(tx, ctx, order, { ...back, ...input, cause: 'undelivered', undo: true });
  return result;
}

/** A coupon that was used for several services comes back with the last of them. */
async function redemptionReturn(tx: Tx, ctx: Ctx, redemptionId: string): Promise<void> {
  const kept = await tx
    .selectFrom('billing_order')
    .select('id')
    .where('redemption_id', '=', redemptionId)
    .where('state', '=', 'paid')
    .limit(1)
    .executeTakeFirst();
  if (!kept) await couponReturn(tx, ctx, redemptionId);
}

export interface Part {
  amount: Micro;
  /** Of the amount. */
  tax: Micro;
  /** An order gives back once for each cause. */
  cause: string;
  reason: string;
  clause: ClauseRef;
  /** As if it had never been: what was earned is taken back too. Otherwise only what isn't earned can go back. */
  undo?: boolean;
}

export interface CameBack {
  amount: Micro;
  /** Of the amount, to the gifts that it came from. */
  gifts: ReadonlyMap<string, Micro>;
}

/**
 * Gives part of a locked order back: gifts their share (what came from a gift that has ended is gone with it), cash
 * the rest. More than was paid, or the same cause twice, is refused by the database (F32).
 */
export async function refundPart(tx: Tx, ctx: Ctx, order: Order, part: Part): Promise<CameBack> {
  if (part.amount === 0n) return { amount: 0n, gifts: new Map() };
  const accrual = await tx
    .selectFrom('billing_accrual')
    .selectAll()
    .where('order_id', '=', order.id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const earned = part.undo ? 0n : earnedAt(accrualOf(accrual), ctx.now);
  await accrualRebase(tx, ctx, accrual, part);
  const shares = await sharesOf(tx, ctx, order, part.amount);
  const { gift, lapsed, excused } = shares;
  await tx
    .insertInto('billing_refund')
    .values({
      id: newId(),
      brand: ctx.brand.id,
      order_id: order.id,
      cause: part.cause,
      amount_micro: part.amount,
      tax_micro: part.tax,
      gift_micro: gift,
      lapsed_micro: lapsed,
      excused_micro: excused,
      reason: part.reason,
      at: ctx.now,
    })
    .execute();
  const { product: owner } = order;
  const toRevenue = earned - accrual.earned_micro;
  await ledgerPost(tx, ctx, {
    kind: part.undo ? 'order-refund' : 'unconsumed-refund',
    source: 'order-refund',
    sourceId: part.undo ? order.id : `${order.id}/${part.cause}`,
    lines: [
      ...shares.lines,
      { account: { kind: 'deferred_revenue', owner }, amount: part.tax - part.amount - toRevenue },
      { account: { kind: 'revenue', owner }, amount: toRevenue },
      { account: { kind: 'tax', owner: 'all' }, amount: -part.tax },
    ],
    memo: { order: order.number },
  });
  await auditRecord(tx, ctx, {
    action: 'order.refunded',
    subject: { kind: 'order', id: order.id },
    customerId: order.customer_id,
    clause: part.clause,
    facts: {
      number: order.number,
      amount: formatYuan(part.amount),
      ...(gift > 0n ? { to_gifts: formatYuan(gift) } : {}),
      ...(lapsed > 0n ? { gifts_ended: formatYuan(lapsed) } : {}),
      ...(excused > 0n ? { given_up: formatYuan(excused) } : {}),
      reason: part.reason,
    },
  });
  await ctx.bus.emit(tx, ctx, 'order.refunded', {
    orderId: order.id,
    serviceId: order.service_id,
    customerId: order.customer_id,
    amount: part.amount,
    tax: part.tax,
    cash: part.amount - gift - lapsed - excused,
    cause: part.cause,
    reason: part.reason,
    clause: part.clause,
  });
  return { amount: part.amount - lapsed - excused, gifts: shares.gifts };
}

/** What goes back leaves the accrual; undone, nothing is left of it. */
async function accrualRebase(
  tx: Tx,
  ctx: Ctx,
  accrual: Selectable<AccrualTable>,
  part: Pick<Part, 'amount' | 'tax' | 'undo'>,
): Promise<void> {
  const cover = { accrual: accrualOf(accrual), tax: accrual.tax_micro };
  const rest = rebased(cover, { net: part.amount - part.tax, tax: part.tax }, ctx.now);
  const { startsAt, amount, base = 0n } = rest.accrual;
  const over = part.undo || amount === base;
  await tx
    .updateTable('billing_accrual')
    .set({
      due_at: over ? null : nextLook(ctx, startsAt, accrual.ends_at),
      ...(part.undo
        ? { amount_micro: 0n, base_micro: 0n, earned_micro: 0n, tax_micro: 0n }
        : {
            starts_at: startsAt,
            amount_micro: amount,
            base_micro: base,
            earned_micro: base,
            tax_micro: rest.tax,
          }),
    })
    .where('order_id', '=', accrual.order_id)
    .execute();
}

/**
 * Each source of the payment gets its share of what is left of it, by largest remainder. What was owed and given up nobody
 * paid: of the share that isn't gifts' it comes first, and lessens the loss instead of becoming cash.
 */
async function sharesOf(tx: Tx, ctx: Ctx, order: Order, amount: Micro) {
  const uses = await giftUses(tx, 'order', order.id);
  const giftsBack = uses.reduce((sum, use) => sum + use.returned_micro, 0n);
  const cashLeft = order.amount_micro - order.gift_micro - (order.refunded_micro - giftsBack);
  const [own = 0n, ...parts] = splitFen(amount, [
    cashLeft,
    ...uses.map((use) => use.amount_micro - use.returned_micro),
  ]);
  const gifts = uses.map((use, i) => ({
    id: use.id,
    amount: parts[i]!,
    runs: use.expired_at === null && use.expires_at > ctx.now,
  }));
  await giftsGiveBack(tx, { source: 'order', sourceId: order.id }, gifts);
  const of = (runs: boolean) =>
    gifts.filter((gift) => gift.runs === runs).reduce((sum, gift) => sum + gift.amount, 0n);
  const unpaid = await givenUp(tx, order.id);
  const excused = own < unpaid ? own : unpaid;
  const lines: Line[] = [
    { account: { kind: 'written_off', owner: 'all' }, amount: excused },
    { account: { kind: 'customer_cash', owner: order.customer_id }, amount: own - excused },
    ...gifts.map(({ id, amount, runs }): Line => {
      const gift = { kind: 'customer_gift' as const, owner: id, customer: order.customer_id };
      return { account: runs ? gift : { kind: 'promotion', owner: 'all' }, amount };
    }),
  ];
  const running = gifts.filter(({ runs, amount }) => runs && amount > 0n);
  return {
    ...{ lines, gift: of(true), lapsed: of(false), excused },
    gifts: new Map(running.map(({ id, amount }) => [id, amount])),
  };
}

/** What of a bill was given up as a debt, less what refunds took off that before. */
async function givenUp(tx: Tx, orderId: string): Promise<Micro> {
  const lost = await debtsGivenUp(tx, 'order', [orderId]);
  if (lost === 0n) return 0n;
  const rows = await tx
    .selectFrom('billing_refund')
    .select('excused_micro')
    .where('order_id', '=', orderId)
    .execute();
  return rows.reduce((left, { excused_micro }) => left - excused_micro, lost);
}

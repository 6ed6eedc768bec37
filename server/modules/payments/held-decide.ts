import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customerFind } from '#modules/identity/index.ts';
import { ledgerPost } from '#modules/ledger/index.ts';
import { refundIntend } from './channel-refund.ts';
import type { RefundState, TradeFacts } from './driver.ts';
import { paymentAdopt } from './payment-create.ts';
import { paymentCredit } from './payment-credit.ts';
import { type Held, heldBook } from './payment-held.ts';
import { confirmedPaid, problem } from './rules.ts';
import type { HeldTable } from './tables.ts';
import './tables.ts';

export type HeldDecision =
  /**
   * To the customer what the channel says was really paid. `customerId` for money that names no payment of ours;
   * `amount` where some of it went back at the channel before: what staff see there that is left.
   */
  | { act: 'credit'; customerId?: string | undefined; amount?: Micro | undefined }
  /** All of it back through the channel. */
  | { act: 'return' }
  /** The channel says that there is no such money, or that it went back already: nothing to decide about. */
  | { act: 'dismiss' }
  /**
   * A refund made at the channel without us: the customer's balance pays for it. `amount` where the channel doesn't
   * tell how much it was.
   */
  | { act: 'book'; amount?: Micro | undefined };

/** What the channel says at this moment, asked before the transaction; `refund` of a refund that wasn't ours. */
export interface ChannelWord {
  trade: TradeFacts;
  refund: RefundState | null;
}

/**
 * What staff decide of held money, on what the channel says of it at this moment (`said`, asked before this
 * transaction): a member of staff can't credit what isn't there. Throws `held-decided`, `payment-unconfirmed`,
 * `held-act-impossible` or `insufficient-balance`.
 */
export async function heldDecide(
  tx: Tx,
  ctx: Ctx,
  input: { id: string; decision: HeldDecision; reason: string; said: ChannelWord },
): Promise<void> {
  const held = await tx
    .selectFrom('payments_held')
    .selectAll()
    .where('id', '=', input.id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!held) throw kernelProblem['not-found']();
  if (held.state !== 'open') throw problem['held-decided']();
  const { decision, reason } = input;
  const { trade } = input.said;
  const isRefund = held.kind === 'foreign-refund';
  const possible = isRefund ? ['book', 'dismiss'] : ['credit', 'return', 'dismiss'];
  if (!possible.includes(decision.act)) throw problem['held-act-impossible']({ acts: possible.join(', ') });
  const paid = confirmedPaid(trade, decision.act === 'credit' ? decision.amount : undefined);
  if (decision.act === 'book') await book(tx, ctx, held, decision.amount);
  else if (decision.act === 'dismiss') await dismiss(tx, ctx, held, input.said);
  else if (paid === null) throw problem['payment-unconfirmed']({ state: trade.state });
  else {
    await heldBook(tx, ctx, held, paid);
    if (decision.act === 'credit') await credit(tx, ctx, held, trade, paid, decision.customerId);
    else await sendBack(tx, ctx, held, paid, reason);
  }
  const state = STATES[decision.act];
  await tx
    .updateTable('payments_held')
    .set({ state, decided_at: ctx.now, decided_by: staffOf(ctx).staffId, decision_reason: reason })
    .where('id', '=', held.id)
    .execute();
  await auditRecord(tx, ctx, {
    action: `held.${state}`,
    subject: { kind: 'held-payment', id: held.id },
    customerId: held.customer_id,
    facts: {
      channel: held.channel,
      out_trade_no: held.out_trade_no,
      amount: paid === null ? null : formatYuan(paid),
      reason,
    },
  });
}

const STATES: Record<HeldDecision['act'], HeldTable['state']> = {
  credit: 'credited',
  return: 'returning',
  dismiss: 'dismissed',
  book: 'booked',
};

async function credit(
  tx: Tx,
  ctx: Ctx,
  held: Held,
  trade: TradeFacts,
  paid: Micro,
  customerId: string | undefined,
): Promise<void> {
  const payment = held.payment_id
    ? await tx
        .selectFrom('payments_payment')
        .selectAll()
        .where('id', '=', held.payment_id)
        .forUpdate()
        .executeTakeFirstOrThrow()
    : await adopt(tx, ctx, held, paid, customerId);
  await paymentCredit(tx, ctx, payment, {
    paid,
    from: 'payment_held',
    tradeNo: trade.tradeNo,
    settledAt: trade.paidAt,
    facts: { held: held.id },
  });
  await tx
    .updateTable('payments_held')
    .set({ booked_micro: 0n, payment_id: payment.id, customer_id: payment.customer_id })
    .where('id', '=', held.id)
    .execute();
}

/** Money that named no payment of ours becomes one, under the channel's number, of the customer whom staff named. */
async function adopt(tx: Tx, ctx: Ctx, held: Held, paid: Micro, customerId: string | undefined) {
  const customer = customerId ? await customerFind(tx, ctx.brand.id, customerId) : undefined;
  if (!customer) throw problem['held-customer-needed']();
  return paymentAdopt(tx, ctx, {
    customerId: customer.id,
    channel: held.channel,
    outTradeNo: held.out_trade_no,
    tradeNo: held.trade_no,
    paid,
    reason: held.reason,
  });
}

async function sendBack(tx: Tx, ctx: Ctx, held: Held, paid: Micro, reason: string): Promise<void> {
  await refundIntend(tx, ctx, {
    id: newId(),
    channel: held.channel,
    out_trade_no: held.out_trade_no,
    payment_id: null,
    held_id: held.id,
    customer_id: held.customer_id,
    taken_from: 'payment_held',
    amount_micro: paid,
    total_micro: paid,
    reason: reason.slice(0, 80),
  });
}

/** Only on the channel's own word that there is nothing here: else money would be forgotten. */
async function dismiss(tx: Tx, ctx: Ctx, held: Held, { trade, refund }: ChannelWord): Promise<void> {
  const isRefund = held.kind === 'foreign-refund';
  const state = isRefund ? (refund ?? 'not_found') : trade.state;
  const denied = isRefund
    ? ['not_found', 'closed'].includes(state)
    : ['unpaid', 'closed', 'not_found', 'refunded'].includes(state);
  if (!denied) throw problem['held-money-there']({ state });
  await heldBook(tx, ctx, held, 0n);
  if (!held.payment_id || isRefund) return;
  await tx
    .updateTable('payments_payment')
    .set({ state: trade.state === 'refunded' ? 'returned' : 'closed', query_at: null })
    .where('id', '=', held.payment_id)
    .where('state', '=', 'held')
    .execute();
}

/** It stands among the refunds too, so that the channel is never asked for more than is left there. */
async function book(tx: Tx, ctx: Ctx, held: Held, stated: Micro | undefined): Promise<void> {
  const { payment_id, customer_id, channel } = held;
  const amount = held.refund_micro ?? stated ?? 0n;
  if (!customer_id || !payment_id) throw problem['held-act-impossible']({ acts: 'dismiss' });
  if (amount <= 0n || (stated !== undefined && stated !== amount))
    throw problem['payment-unconfirmed']({ state: 'refunded' });
  const payment = await tx
    .selectFrom('payments_payment')
    .selectAll()
    .where('id', '=', payment_id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  const left = (payment.paid_micro ?? 0n) - payment.refunded_micro;
  if (amount > left) throw problem['refund-above-payment']({ left: formatYuan(left) });
  await tx
    .insertInto('payments_refund')
    .values({
      id: held.id,
      brand: held.brand,
      channel,
      out_trade_no: held.out_trade_no,
      out_refund_no: `X${held.id.replaceAll('-', '')}`,
      payment_id,
      held_id: null,
      customer_id,
      taken_from: 'customer_cash',
      amount_micro: amount,
      total_micro: payment.paid_micro!,
      reason: held.reason,
      state: 'done',
      detail: held.number,
      channel_refund_no: null,
      refunded_at: null,
      ask_at: null,
      created_at: ctx.now,
      ended_at: ctx.now,
    })
    .execute();
  await ledgerPost(tx, ctx, {
    kind: 'channel-refund',
    source: 'held-payment',
    sourceId: `${held.id}:booked`,
    lines: [
      { account: { kind: 'customer_cash', owner: customer_id }, amount: -amount },
      { account: { kind: 'channel_clearing', owner: channel }, amount },
    ],
    memo: { channel, out_trade_no: held.out_trade_no },
  });
}

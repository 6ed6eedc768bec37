import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { isErasedMailbox } from '#kernel/erased.ts';
import { formatYuan } from '#kernel/money.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import type { PaymentGateway, TradeFacts } from './driver.ts';
import { paymentCredit } from './payment-credit.ts';
import { heldRecord } from './payment-held.ts';
import { discrepancy } from './rules.ts';
import type { PaymentState } from './tables.ts';
import './tables.ts';

/** Whose word it is. */
export type Spoken = Pick<PaymentGateway, 'channel' | 'merchant'>;

/**
 * Takes in what the channel says of a trade, by notification or by query, any number of times and in any order.
 * Paid and agreeing with what we asked for: credited once, even after it had expired here (F42). Paid but
 * differing, given back before we knew of it (F37), or of somebody whose account was erased meanwhile: held for staff,
 * nothing credited (F38). Closed: closed.
 * Anything else changes nothing.
 * Returns the state that it is in now; null when the number isn't ours.
 */
export async function paymentSettle(
  tx: Tx,
  ctx: Ctx,
  { channel, merchant }: Spoken,
  facts: TradeFacts,
): Promise<PaymentState | null> {
  const payment = await tx
    .selectFrom('payments_payment')
    .selectAll()
    .where('out_trade_no', '=', facts.outTradeNo)
    .where('channel', '=', channel)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!payment) return null;
  if (payment.state !== 'pending' && payment.state !== 'closed') return payment.state;
  if (facts.state === 'closed' && payment.state === 'pending') {
    await tx
      .updateTable('payments_payment')
      .set({ state: 'closed', query_at: null })
      .where('id', '=', payment.id)
      .execute();
    await auditRecord(tx, ctx, {
      action: 'payment.closed',
      subject: { kind: 'payment', id: payment.id },
      customerId: payment.customer_id,
      facts: { channel, amount: formatYuan(payment.amount_micro), trade_no: facts.tradeNo },
    });
    return 'closed';
  }
  if (facts.state !== 'paid' && facts.state !== 'refunded') return payment.state;

  const { email } = await customerRead(tx, payment.customer_id);
  const reason =
    discrepancy({ amount: payment.amount_micro, ...merchant }, facts) ??
    (isErasedMailbox(email) ? 'the account was erased' : null);
  if (!reason) {
    const { tradeNo, paidAt: settledAt } = facts;
    await paymentCredit(tx, ctx, payment, {
      paid: payment.amount_micro,
      from: 'channel_clearing',
      tradeNo,
      settledAt,
    });
    return 'paid';
  }
  await tx
    .updateTable('payments_payment')
    .set({ state: 'held', trade_no: facts.tradeNo, held_reason: reason, query_at: null })
    .where('id', '=', payment.id)
    .execute();
  await heldTrade(tx, ctx, { channel, merchant }, facts, {
    reason,
    payment: { id: payment.id, customerId: payment.customer_id },
  });
  return 'held';
}

/** Held, and booked as held when the channel surely has it for us: paid to this merchant, in yuan. */
export async function heldTrade(
  tx: Tx,
  ctx: Ctx,
  { channel, merchant }: Spoken,
  facts: TradeFacts,
  input: { reason: string; payment: { id: string; customerId: string } | null },
): Promise<void> {
  const { amount, outTradeNo, tradeNo } = facts;
  const sure = amount !== null && amount > 0n && discrepancy({ amount, ...merchant }, facts) === null;
  await heldRecord(tx, ctx, {
    channel,
    kind: input.payment ? 'differs' : 'orphan',
    number: outTradeNo,
    outTradeNo,
    tradeNo,
    payment: input.payment,
    reason: input.reason,
    facts: {
      state: facts.state,
      amount: amount === null ? null : formatYuan(amount),
      currency: facts.currency,
      app_id: facts.appId,
      seller_id: facts.sellerId,
      paid_at: facts.paidAt?.toISOString() ?? null,
    },
    booked: sure ? amount : 0n,
  });
}

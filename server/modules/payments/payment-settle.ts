import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { enqueue } from '#kernel/jobs.ts';
import { formatYuan } from '#kernel/money.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { ledgerPost } from '#modules/ledger/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import type { TradeFacts } from './driver.ts';
import { discrepancy } from './rules.ts';
import type { PaymentState } from './tables.ts';
import './tables.ts';

/**
 * Takes in what the channel says of a trade, by notification or by query, any number of times and in any order.
 * Paid and agreeing with what we asked for: credited once, even after it had expired here (F42). Paid but
 * differing, or given back before we knew of it (F37): held for staff, nothing credited (F38). Closed: closed.
 * Anything else changes nothing.
 * Returns the state that it is in now; null when the number isn't ours.
 */
export async function paymentSettle(
  tx: Tx,
  ctx: Ctx,
  merchant: { appId: string; sellerId: string },
  facts: TradeFacts,
): Promise<PaymentState | null> {
  const payment = await tx
    .selectFrom('payments_payment')
    .selectAll()
    .where('out_trade_no', '=', facts.outTradeNo)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!payment) return null;
  if (payment.state === 'paid' || payment.state === 'held') return payment.state;
  const set = (row: {
    state: PaymentState;
    trade_no?: string | null;
    held_reason?: string;
    paid_at?: Date;
  }) =>
    tx
      .updateTable('payments_payment')
      .set({ ...row, query_at: null })
      .where('id', '=', payment.id)
      .execute();
  const record = (action: string, extra: Record<string, unknown> = {}) =>
    auditRecord(tx, ctx, {
      action,
      subject: { kind: 'payment', id: payment.id },
      customerId: payment.customer_id,
      facts: {
        channel: payment.channel,
        amount: formatYuan(payment.amount_micro),
        trade_no: facts.tradeNo,
        ...extra,
      },
    });

  if (facts.state === 'closed') {
    await set({ state: 'closed' });
    await record('payment.closed');
    return 'closed';
  }
  if (facts.state !== 'paid' && facts.state !== 'refunded') return payment.state;

  const reason = discrepancy({ amount: payment.amount_micro, ...merchant }, facts);
  if (reason) {
    await set({ state: 'held', trade_no: facts.tradeNo, held_reason: reason });
    await record('payment.held', { reason });
    return 'held';
  }
  await set({ state: 'paid', trade_no: facts.tradeNo, paid_at: ctx.now });
  await ledgerPost(tx, ctx, {
    kind: 'top-up',
    source: 'payment',
    sourceId: payment.id,
    lines: [
      { account: { kind: 'channel_clearing', owner: payment.channel }, amount: -payment.amount_micro },
      { account: { kind: 'customer_cash', owner: payment.customer_id }, amount: payment.amount_micro },
    ],
    memo: { channel: payment.channel, out_trade_no: payment.out_trade_no },
  });
  await record('payment.received', { late: payment.state === 'closed' });
  const customer = await customerRead(tx, payment.customer_id);
  await noticeSend(tx, ctx, {
    kind: 'payment-received',
    dedupe: `payment:${payment.id}`,
    to: { customerId: customer.id, userId: customer.user_id, email: customer.email, locale: customer.locale },
    values: { amount: formatYuan(payment.amount_micro) },
  });
  return 'paid';
}

/**
 * A refund was announced for a payment that we haven't credited: what became of the payment itself is asked for
 * (F37). Returns the payment's state; null when the number isn't ours.
 */
export async function paymentAskAgain(tx: Tx, ctx: Ctx, outTradeNo: string): Promise<PaymentState | null> {
  const payment = await tx
    .selectFrom('payments_payment')
    .select(['id', 'state'])
    .where('out_trade_no', '=', outTradeNo)
    .where('brand', '=', ctx.brand.id)
    .executeTakeFirst();
  if (payment?.state === 'pending') {
    await enqueue(
      tx,
      'payments.query',
      { payment: payment.id },
      { key: `payment-query:${payment.id}`, maxAttempts: 3 },
    );
  }
  return payment?.state ?? null;
}

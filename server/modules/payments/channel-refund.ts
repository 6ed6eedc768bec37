import { randomInt } from 'node:crypto';
import type { Ctx } from '#kernel/ctx.ts';
import { type Db, type Tx, violated } from '#kernel/db.ts';
import { enqueue } from '#kernel/jobs.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { addDays, naturalDay } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { ledgerPost } from '#modules/ledger/index.ts';
import { problem, REFUND_DAYS } from './rules.ts';
import type { RefundSource, RefundState } from './tables.ts';
import './tables.ts';

export interface ChannelRefundRequest {
  /** The caller's own id of the refund: the same one again is the same refund. */
  refundId: string;
  paymentId: string;
  /** Whole fen. */
  amount: Micro;
  /**
   * The customer's account that it leaves, and gets back when the channel refuses. `withdrawal_transit`: the caller
   * set it aside there before; nothing more is posted until the money is gone.
   */
  from: Exclude<RefundSource, 'payment_held'>;
  /** For the channel and the payer; at most 80 characters. */
  reason: string;
}

/**
 * Sends money back through the channel that it came by: the intent here, in the caller's transaction; a job asks the
 * channel until it is known what became of it. Then `channel-refund.done` or `channel-refund.failed` is emitted, once.
 * Throws `refund-impossible`, `refund-above-payment` (never more than was paid, nor twice: F32) or
 * `insufficient-balance`.
 */
export async function channelRefund(
  tx: Tx,
  ctx: Ctx,
  input: ChannelRefundRequest,
): Promise<{ refundId: string; outRefundNo: string; state: RefundState }> {
  const { refundId, paymentId, amount, from } = input;
  const payment = await tx
    .selectFrom('payments_payment')
    .selectAll()
    .where('id', '=', paymentId)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  const known = await tx
    .selectFrom('payments_refund')
    .selectAll()
    .where('id', '=', refundId)
    .executeTakeFirst();
  if (known) {
    if (known.payment_id !== paymentId || known.amount_micro !== amount) throw problem['refund-impossible']();
    return { refundId, outRefundNo: known.out_refund_no, state: known.state };
  }
  if (payment?.state !== 'paid' || payment.channel === 'bank-transfer') throw problem['refund-impossible']();
  const paidAt = payment.settled_at ?? payment.created_at;
  if (amount <= 0n || amount % 10_000n !== 0n || addDays(paidAt, REFUND_DAYS, ctx.brand.zone) <= ctx.now)
    throw problem['refund-impossible']();
  const left = payment.paid_micro! - payment.refunded_micro;
  if (amount > left) throw problem['refund-above-payment']({ left: formatYuan(left) });
  const outRefundNo = await refundIntend(tx, ctx, {
    id: refundId,
    channel: payment.channel,
    out_trade_no: payment.out_trade_no,
    payment_id: paymentId,
    held_id: null,
    customer_id: payment.customer_id,
    taken_from: from,
    amount_micro: amount,
    total_micro: payment.paid_micro!,
    reason: input.reason,
  });
  if (from !== 'withdrawal_transit') {
    await ledgerPost(tx, ctx, {
      kind: 'channel-refund',
      source: 'channel-refund',
      sourceId: refundId,
      lines: [
        { account: { kind: from, owner: payment.customer_id }, amount: -amount },
        { account: { kind: 'withdrawal_transit', owner: payment.customer_id }, amount },
      ],
      memo: { channel: payment.channel, out_refund_no: outRefundNo },
    });
  }
  return { refundId, outRefundNo, state: 'requested' };
}

/** The row, its audit and its job; what it costs whom is the caller's to post. Returns our number of it. */
export async function refundIntend(
  tx: Tx,
  ctx: Ctx,
  row: {
    id: string;
    channel: 'alipay' | 'wechatpay';
    out_trade_no: string;
    payment_id: string | null;
    held_id: string | null;
    customer_id: string | null;
    taken_from: RefundSource;
    amount_micro: Micro;
    total_micro: Micro;
    reason: string;
  },
): Promise<string> {
  const day = naturalDay(ctx.now, ctx.brand.zone).replaceAll('-', '');
  const out_refund_no = `R${day}${row.id.replaceAll('-', '').slice(-12)}${String(randomInt(1e6)).padStart(6, '0')}`;
  try {
    await tx
      .insertInto('payments_refund')
      .values({
        ...row,
        brand: ctx.brand.id,
        out_refund_no,
        state: 'requested',
        detail: null,
        channel_refund_no: null,
        refunded_at: null,
        ask_at: ctx.now,
        created_at: ctx.now,
        ended_at: null,
      })
      .execute();
  } catch (error) {
    if (violated(error) !== 'payments_payment_refund_within') throw error;
    throw problem['refund-above-payment']({ left: '0.00' });
  }
  await auditRecord(tx, ctx, {
    action: 'refund.requested',
    subject: { kind: 'refund', id: row.id },
    customerId: row.customer_id,
    facts: {
      channel: row.channel,
      out_trade_no: row.out_trade_no,
      out_refund_no,
      amount: formatYuan(row.amount_micro),
      reason: row.reason,
    },
  });
  await enqueue(tx, 'payments.refund', { refund: row.id }, { key: `refund:${row.id}`, maxAttempts: 3 });
  return out_refund_no;
}

export interface Refundable {
  paymentId: string;
  channel: 'alipay' | 'wechatpay';
  /** What of it has neither gone back nor is on its way. */
  left: Micro;
  paidAt: Date;
}

/** What can still go back the way it came, newest payment first; what a channel is too old for isn't among it. */
export async function refundablePayments(db: Db | Tx, ctx: Ctx, customerId: string): Promise<Refundable[]> {
  const oldest = addDays(ctx.now, -REFUND_DAYS, ctx.brand.zone);
  const rows = await db
    .selectFrom('payments_payment')
    .select(['id', 'channel', 'paid_micro', 'refunded_micro', 'settled_at', 'created_at'])
    .where('customer_id', '=', customerId)
    .where('state', '=', 'paid')
    .where('channel', 'in', ['alipay', 'wechatpay'])
    .whereRef('refunded_micro', '<', 'paid_micro')
    .orderBy('settled_at', 'desc')
    .execute();
  return rows
    .map((row) => ({
      paymentId: row.id,
      channel: row.channel as 'alipay' | 'wechatpay',
      left: row.paid_micro! - row.refunded_micro,
      paidAt: row.settled_at ?? row.created_at,
    }))
    .filter(({ paidAt }) => paidAt > oldest);
}

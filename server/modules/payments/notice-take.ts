import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { enqueue } from '#kernel/jobs.ts';
import type { Notice, NoticeOutcome, RefundFacts } from './driver.ts';
import { heldTrade, paymentSettle, type Spoken } from './payment-settle.ts';
import { refundSettle } from './refund-settle.ts';
import './tables.ts';

/** The brand whose payment, held money or refund has this number; one merchant may stand for several brands. Null: nobody's. */
export async function brandOfTrade(db: Db | Tx, channel: string, outTradeNo: string): Promise<string | null> {
  const payment = await db
    .selectFrom('payments_payment')
    .select('brand')
    .where('out_trade_no', '=', outTradeNo)
    .where('channel', '=', channel as Spoken['channel'])
    .executeTakeFirst();
  if (payment) return payment.brand;
  const held = await db
    .selectFrom('payments_held')
    .select('brand')
    .where('out_trade_no', '=', outTradeNo)
    .where('channel', '=', channel as Spoken['channel'])
    .executeTakeFirst();
  return held?.brand ?? null;
}

/**
 * A signed message of a channel, of a payment or of a refund, in whatever order they come (F37). Money that names no
 * payment of ours is held (F38). `held` is true when staff have something new to look at.
 */
export async function noticeTake(
  tx: Tx,
  ctx: Ctx,
  spoken: Spoken,
  notice: Notice,
): Promise<{ outcome: NoticeOutcome; held: boolean }> {
  if (notice.kind === 'refund') {
    const outcome = await refundNotice(tx, ctx, spoken, notice.refund);
    return { outcome, held: false };
  }
  const { trade } = notice;
  const state = await paymentSettle(tx, ctx, spoken, trade);
  if (state !== null) return { outcome: 'taken', held: state === 'held' };
  if (trade.state !== 'paid') return { outcome: 'not_ours', held: false };
  await heldTrade(tx, ctx, spoken, trade, { reason: 'it names no payment of ours', payment: null });
  return { outcome: 'taken', held: true };
}

async function refundNotice(
  tx: Tx,
  ctx: Ctx,
  { channel, merchant }: Spoken,
  refund: RefundFacts,
): Promise<NoticeOutcome> {
  const foreign =
    (refund.appId !== null && refund.appId !== merchant.appId) ||
    (refund.sellerId !== null && refund.sellerId !== merchant.sellerId);
  if (foreign) return 'not_ours';
  if (refund.outRefundNo && (await refundSettle(tx, ctx, refund)) !== null) return 'taken';
  const payment = await tx
    .selectFrom('payments_payment')
    .select(['id', 'state'])
    .where('out_trade_no', '=', refund.outTradeNo)
    .where('channel', '=', channel)
    .where('brand', '=', ctx.brand.id)
    .executeTakeFirst();
  if (!payment) return 'not_ours';
  // Made at the channel by hand, or it were one of ours. The payment may not even be credited yet (F37): the job asks
  // what became of it, and of the refund, before staff are asked.
  if (refund.state === 'succeeded' && payment.state !== 'held') {
    const { outTradeNo, outRefundNo } = refund;
    const key = `foreign-refund:${channel}:${outTradeNo}:${outRefundNo}`;
    await enqueue(tx, 'payments.foreign-refund', { payment: payment.id, number: outRefundNo }, { key });
  }
  return 'taken';
}

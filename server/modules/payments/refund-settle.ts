import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan } from '#kernel/money.ts';
import { addMinutes } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { type Line, ledgerPost } from '#modules/ledger/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import type { RefundFacts } from './driver.ts';
import { nextRefundMinutes } from './rules.ts';
import type { RefundState, RefundTable } from './tables.ts';
import './events.ts';
import './tables.ts';

type Refund = Selectable<RefundTable>;

/**
 * Takes in what the channel says of a refund of ours, by message or by query, in any order and any number of times
 * (F37). Gone: it leaves transit, and the payer is told. Given up by the channel: the money is back where it was.
 * `abnormal` and everything that isn't known yet: asked again. Returns the state now; null when it isn't ours.
 */
export async function refundSettle(tx: Tx, ctx: Ctx, facts: RefundFacts): Promise<RefundState | null> {
  const refund = await tx
    .selectFrom('payments_refund')
    .selectAll()
    .where('out_refund_no', '=', facts.outRefundNo)
    .where('out_trade_no', '=', facts.outTradeNo)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!refund) return null;
  if (refund.ended_at !== null) return refund.state;
  // Another amount under our number: nothing of it is settled, and it stays in sight.
  const differs =
    facts.state === 'succeeded' && facts.amount !== null && facts.amount !== refund.amount_micro;
  if (facts.state === 'succeeded' && !differs) return done(tx, ctx, refund, facts);
  if (facts.state === 'closed') return failed(tx, ctx, refund, 'closed by the channel');
  const state = ['processing', 'abnormal', 'succeeded'].includes(facts.state) ? 'processing' : 'unknown';
  const detail = differs ? `the channel says ${formatYuan(facts.amount!)}` : facts.state;
  const ask_at = addMinutes(ctx.now, nextRefundMinutes(refund.asked));
  await update(tx, refund, { state, detail, ask_at });
  return state;
}

/** The channel refused, and signed it: it knows of no such refund and makes none. */
export async function refundRefused(tx: Tx, ctx: Ctx, id: string, code: string): Promise<RefundState> {
  const refund = await tx
    .selectFrom('payments_refund')
    .selectAll()
    .where('id', '=', id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  return refund.ended_at === null ? failed(tx, ctx, refund, code) : refund.state;
}

async function done(tx: Tx, ctx: Ctx, refund: Refund, facts: RefundFacts): Promise<RefundState> {
  await update(tx, refund, {
    state: 'done',
    detail: null,
    channel_refund_no: facts.refundNo,
    refunded_at: facts.refundedAt ?? ctx.now,
    ask_at: null,
    ended_at: ctx.now,
  });
  await ledgerPost(tx, ctx, {
    kind: 'channel-refund',
    source: 'channel-refund-done',
    sourceId: refund.id,
    lines: [
      { account: standing(refund), amount: -refund.amount_micro },
      { account: { kind: 'channel_clearing', owner: refund.channel }, amount: refund.amount_micro },
    ],
    memo: { channel: refund.channel, out_refund_no: refund.out_refund_no },
  });
  await record(tx, ctx, refund, 'refund.done', {});
  if (refund.held_id) await heldEnded(tx, ctx, refund, true);
  else await ctx.bus.emit(tx, ctx, 'channel-refund.done', told(refund));
  if (tells(refund)) await tell(tx, ctx, refund, 'refund-done', refund.channel);
  return 'done';
}

async function failed(tx: Tx, ctx: Ctx, refund: Refund, detail: string): Promise<RefundState> {
  await update(tx, refund, {
    state: 'failed',
    detail: detail.slice(0, 200),
    ask_at: null,
    ended_at: ctx.now,
  });
  const back = backLines(refund);
  if (back) {
    await ledgerPost(tx, ctx, {
      kind: 'channel-refund-back',
      source: 'channel-refund-failed',
      sourceId: refund.id,
      lines: back,
      memo: { channel: refund.channel, out_refund_no: refund.out_refund_no },
    });
  }
  await record(tx, ctx, refund, 'refund.failed', { detail });
  if (refund.held_id) await heldEnded(tx, ctx, refund, false);
  else await ctx.bus.emit(tx, ctx, 'channel-refund.failed', { ...told(refund), detail });
  if (tells(refund)) await tell(tx, ctx, refund, 'refund-failed', refund.channel);
  return 'failed';
}

/** Where its money stands while it is under way. */
function standing(refund: Refund): Line['account'] {
  return refund.taken_from === 'payment_held'
    ? { kind: 'payment_held', owner: refund.channel }
    : { kind: 'withdrawal_transit', owner: refund.customer_id! };
}

/** Null where nothing was moved for it: held money stays held, and who set money aside in transit decides on it. */
function backLines(refund: Refund): Line[] | null {
  if (refund.taken_from === 'payment_held' || refund.taken_from === 'withdrawal_transit') return null;
  return [
    { account: standing(refund), amount: -refund.amount_micro },
    { account: { kind: refund.taken_from, owner: refund.customer_id! }, amount: refund.amount_micro },
  ];
}

/** Held money: gone, or for staff to decide again. */
async function heldEnded(tx: Tx, ctx: Ctx, refund: Refund, gone: boolean): Promise<void> {
  const held = await tx
    .updateTable('payments_held')
    .set(
      gone
        ? { state: 'returned', booked_micro: 0n }
        : { state: 'open', decided_at: null, decided_by: null, decision_reason: null },
    )
    .where('id', '=', refund.held_id)
    .returning('payment_id')
    .executeTakeFirstOrThrow();
  if (gone && held.payment_id) {
    await tx
      .updateTable('payments_payment')
      .set({ state: 'returned', query_at: null })
      .where('id', '=', held.payment_id)
      .execute();
  }
  if (!gone) await record(tx, ctx, refund, 'held.open-again', {});
}

/** Withdrawals tell of themselves, from above. */
function tells(refund: Refund): boolean {
  return refund.customer_id !== null && refund.taken_from !== 'withdrawal_transit';
}

async function tell(
  tx: Tx,
  ctx: Ctx,
  refund: Refund,
  kind: 'refund-done' | 'refund-failed',
  channel: 'alipay' | 'wechatpay',
): Promise<void> {
  const { user_id, email, locale, id } = await customerRead(tx, refund.customer_id!);
  const names = { alipay: { zh: '支付宝', en: 'Alipay' }, wechatpay: { zh: '微信支付', en: 'WeChat Pay' } };
  await noticeSend(tx, ctx, {
    kind,
    dedupe: `${kind}:${refund.id}`,
    to: { customerId: id, userId: user_id, email, locale },
    values: { amount: formatYuan(refund.amount_micro), channel: names[channel][locale] },
  });
}

function told(refund: Refund) {
  return {
    refundId: refund.id,
    paymentId: refund.payment_id!,
    customerId: refund.customer_id!,
    channel: refund.channel,
    amount: refund.amount_micro,
    from: refund.taken_from,
  };
}

function update(tx: Tx, refund: Refund, values: Partial<Refund>) {
  return tx.updateTable('payments_refund').set(values).where('id', '=', refund.id).execute();
}

function record(tx: Tx, ctx: Ctx, refund: Refund, action: string, extra: Record<string, string>) {
  const { id, channel, out_trade_no, out_refund_no, amount_micro, customer_id } = refund;
  return auditRecord(tx, ctx, {
    action,
    subject: { kind: 'refund', id },
    customerId: customer_id,
    facts: { channel, out_trade_no, out_refund_no, amount: formatYuan(amount_micro), ...extra },
  });
}

import { randomInt } from 'node:crypto';
import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { addDays, addMinutes, naturalDay } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import {
  nextQueryMinutes,
  PAYMENT_MINUTES,
  problem,
  TOP_UP_MAX,
  TRANSFER_DAYS,
  TRANSFER_MAX,
  TRANSFERS_OPEN,
} from './rules.ts';
import type { PayChannel, PaymentTable } from './tables.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A customer is about to top up. Rooms above that know why it may not throw, and nothing has happened. */
    'top-up.asked': { customerId: string };
  }
}

/** A top-up that waits to be paid; its number goes to the channel, or into the memo of a transfer. `amount` is whole fen. */
export async function paymentCreate(
  tx: Tx,
  ctx: Ctx,
  input: { customerId: string; channel: PayChannel; way: PaymentTable['way']; amount: Micro },
): Promise<{ id: string; outTradeNo: string; expiresAt: Date }> {
  const { customerId, channel, way, amount } = input;
  const transfer = channel === 'bank-transfer';
  const max = transfer ? TRANSFER_MAX : TOP_UP_MAX;
  if (amount <= 0n || amount > max) throw problem['amount-out-of-range']({ max: formatYuan(max) });
  if (transfer) await transfersBounded(tx, customerId);
  await ctx.bus.emit(tx, ctx, 'top-up.asked', { customerId });
  const id = newId();
  const day = naturalDay(ctx.now, ctx.brand.zone).replaceAll('-', '');
  const outTradeNo = transfer
    ? transferReference()
    : `${day}${id.replaceAll('-', '').slice(-12)}${randomInt(1e6)}`;
  const expiresAt = transfer
    ? addDays(ctx.now, TRANSFER_DAYS, ctx.brand.zone)
    : addMinutes(ctx.now, PAYMENT_MINUTES);
  await tx
    .insertInto('payments_payment')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: customerId,
      channel,
      way,
      out_trade_no: outTradeNo,
      trade_no: null,
      amount_micro: amount,
      state: 'pending',
      held_reason: null,
      created_at: ctx.now,
      expires_at: expiresAt,
      query_at: transfer ? expiresAt : addMinutes(ctx.now, nextQueryMinutes(0)),
      paid_at: null,
      presentation: null,
      paid_micro: null,
      settled_at: null,
      closed_reason: null,
    })
    .execute();
  await auditRecord(tx, ctx, {
    action: 'payment.created',
    subject: { kind: 'payment', id },
    customerId,
    facts: { channel, amount: formatYuan(amount) },
  });
  return { id, outTradeNo, expiresAt };
}

async function transfersBounded(tx: Tx, customerId: string): Promise<void> {
  const open = await tx
    .selectFrom('payments_payment')
    .select('id')
    .where('customer_id', '=', customerId)
    .where('channel', '=', 'bank-transfer')
    .where('state', '=', 'pending')
    .limit(TRANSFERS_OPEN)
    .execute();
  if (open.length === TRANSFERS_OPEN) throw problem['transfers-open']({ max: TRANSFERS_OPEN });
}

/** Money that came without a payment of ours gets one, to be credited at once. `outTradeNo`: the channel's number, or a new reference. */
export function paymentAdopt(
  tx: Tx,
  ctx: Ctx,
  input: {
    customerId: string;
    channel: PayChannel;
    outTradeNo: string;
    tradeNo: string | null;
    paid: Micro;
    reason: string;
  },
): Promise<Selectable<PaymentTable>> {
  const ways = { alipay: 'page', wechatpay: 'qr', 'bank-transfer': 'transfer' } as const;
  return tx
    .insertInto('payments_payment')
    .values({
      id: newId(),
      brand: ctx.brand.id,
      customer_id: input.customerId,
      channel: input.channel,
      way: ways[input.channel],
      out_trade_no: input.outTradeNo,
      trade_no: input.tradeNo,
      amount_micro: input.paid,
      state: 'held',
      held_reason: input.reason,
      created_at: ctx.now,
      expires_at: ctx.now,
      query_at: null,
      paid_at: null,
      presentation: null,
      paid_micro: null,
      settled_at: null,
      closed_reason: null,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
}

/** Without what is misread on paper or over a telephone: 0 and O, 1, I and L, U and V. */
const LETTERS = 'ABCDEFGHJKMNPQRSTWXYZ23456789';

/** For the memo of a transfer; ten letters of 29, found again by `referencesIn`. */
export function transferReference(): string {
  return `BT${Array.from({ length: 10 }, () => LETTERS[randomInt(LETTERS.length)]).join('')}`;
}

/** The references that a memo holds, however it is spaced or cased. */
export function referencesIn(memo: string): string[] {
  const text = memo.toUpperCase().replace(/[^A-Z0-9]/g, '');
  return [...text.matchAll(/(?=(BT[A-HJKMNP-TW-Z2-9]{10}))/g)].map((match) => match[1]!);
}

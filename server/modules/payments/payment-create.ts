import { randomInt } from 'node:crypto';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { addMinutes, naturalDay } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import type { Channel } from './driver.ts';
import { nextQueryMinutes, PAYMENT_MINUTES, problem, TOP_UP_MAX } from './rules.ts';
import './tables.ts';

/** A top-up that waits to be paid; its number goes to the channel. `amount` is whole fen. */
export async function paymentCreate(
  tx: Tx,
  ctx: Ctx,
  input: { customerId: string; channel: Channel; amount: Micro },
): Promise<{ id: string; outTradeNo: string; expiresAt: Date }> {
  if (input.amount <= 0n || input.amount > TOP_UP_MAX)
    throw problem['amount-out-of-range']({ max: formatYuan(TOP_UP_MAX) });
  const id = newId();
  const outTradeNo = `${naturalDay(ctx.now, ctx.brand.zone).replaceAll('-', '')}${id.replaceAll('-', '').slice(-12)}${randomInt(1e6)}`;
  const expiresAt = addMinutes(ctx.now, PAYMENT_MINUTES);
  await tx
    .insertInto('payments_payment')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: input.customerId,
      channel: input.channel,
      out_trade_no: outTradeNo,
      trade_no: null,
      amount_micro: input.amount,
      state: 'pending',
      held_reason: null,
      created_at: ctx.now,
      expires_at: expiresAt,
      query_at: addMinutes(ctx.now, nextQueryMinutes(0)),
      paid_at: null,
    })
    .execute();
  await auditRecord(tx, ctx, {
    action: 'payment.created',
    subject: { kind: 'payment', id },
    customerId: input.customerId,
    facts: { channel: input.channel, amount: formatYuan(input.amount) },
  });
  return { id, outTradeNo, expiresAt };
}

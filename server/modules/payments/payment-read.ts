import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import { amountOut, id, instant, PAGE_SIZE } from '#kernel/http.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { pick } from '#kernel/text.ts';
import type { PaymentState, PaymentTable } from './tables.ts';
import './driver.ts';
import './tables.ts';

export const paymentShown = z.object({
  id,
  customer_id: z.string(),
  out_trade_no: z.string(),
  trade_no: z.string().nullable(),
  channel: z.literal('alipay'),
  amount: amountOut,
  state: z.enum(['pending', 'paid', 'closed', 'held']),
  held_reason: z.string().nullable(),
  created_at: instant,
  paid_at: instant.nullable(),
  /** While it can be paid. */
  pay_url: z.string().nullable(),
  sandbox: z.boolean(),
});

export function paymentList(
  db: Db | Tx,
  brand: string,
  filter: {
    customerId?: string | undefined;
    id?: string | undefined;
    state?: PaymentState | undefined;
    before?: string | undefined;
  },
) {
  return db
    .selectFrom('payments_payment')
    .selectAll()
    .where('brand', '=', brand)
    .$if(filter.customerId !== undefined, (q) => q.where('customer_id', '=', filter.customerId!))
    .$if(filter.id !== undefined, (q) => q.where('id', '=', filter.id!))
    .$if(filter.state !== undefined, (q) => q.where('state', '=', filter.state!))
    .$if(filter.before !== undefined, (q) => q.where('id', '<', filter.before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

/** The page on which the payer pays; signed here, without a network. */
export function payUrl(
  house: House,
  ctx: Ctx,
  payment: { id: string; outTradeNo: string; amount: Micro; expiresAt: Date; channel: 'alipay' },
): string {
  const subject =
    ctx.locale === 'zh' ? `${pick(ctx.brand.name, 'zh')}账户充值` : `${pick(ctx.brand.name, 'en')} top-up`;
  const { publicUrl } = house.config;
  return house.ports.payments[payment.channel].payUrl({
    outTradeNo: payment.outTradeNo,
    amount: payment.amount,
    subject,
    returnUrl: `${publicUrl}/top-up/${payment.id}`,
    notifyUrl: `${publicUrl}/api/v1/callbacks/${payment.channel}`,
    expiresAt: payment.expiresAt,
  });
}

export function shownPayment(
  house: House,
  ctx: Ctx,
  row: Selectable<PaymentTable>,
): z.infer<typeof paymentShown> {
  const { id, customer_id, out_trade_no, trade_no, channel, state, held_reason, created_at, paid_at } = row;
  const payable = state === 'pending' && row.expires_at > ctx.now;
  const request = {
    id,
    outTradeNo: out_trade_no,
    amount: row.amount_micro,
    expiresAt: row.expires_at,
    channel,
  };
  return {
    ...{ id, customer_id, out_trade_no, trade_no, channel, state, held_reason },
    amount: formatYuan(row.amount_micro),
    created_at: created_at.toISOString(),
    paid_at: paid_at?.toISOString() ?? null,
    pay_url: payable ? payUrl(house, ctx, request) : null,
    sandbox: house.ports.payments[channel].sandbox,
  };
}

import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { Brand } from '#kernel/brands.ts';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import { amountOut, id, instant, PAGE_SIZE } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { paymentChannel } from './payment-channel.ts';
import type { PaymentState, PaymentTable } from './tables.ts';
import './driver.ts';
import './tables.ts';

export const paymentState = z.enum(['pending', 'paid', 'closed', 'held', 'returned']);

/** Where a bank transfer goes; `reference` belongs into its memo. */
export const bankDetails = z.object({
  holder: z.string(),
  bank: z.string(),
  number: z.string(),
  reference: z.string(),
});

/** What the payer needs next, by the way that was chosen; exactly one is there. */
export const presentation = z.object({
  /** The browser is sent here. */
  pay_url: z.string().nullable(),
  /** The text of a QR code that the payer scans. */
  qr_code: z.string().nullable(),
  /** What `WeixinJSBridge.invoke('getBrandWCPayRequest', …)` takes. */
  jsapi: z.record(z.string(), z.string()).nullable(),
  bank_transfer: bankDetails.nullable(),
});
export type Presentation = z.infer<typeof presentation>;

export const paymentShown = z.object({
  id,
  customer_id: z.string(),
  out_trade_no: z.string(),
  trade_no: z.string().nullable(),
  channel: paymentChannel,
  way: z.string(),
  amount: amountOut,
  /** What really was paid, as the channel or the bank says. */
  paid_amount: amountOut.nullable(),
  /** Of that, what went back or is on its way. */
  refunded_amount: amountOut,
  state: paymentState,
  held_reason: z.string().nullable(),
  /** Why staff did not credit a transfer. */
  closed_reason: z.string().nullable(),
  created_at: instant,
  expires_at: instant,
  paid_at: instant.nullable(),
  /** It can be paid still: as `presentation` says, or by POST /payments/ID/start. */
  payable: z.boolean(),
  /** While it is payable, once its channel gave it. */
  presentation: presentation.nullable(),
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

export function payable(row: Selectable<PaymentTable>, now: Date): boolean {
  return row.state === 'pending' && row.expires_at > now;
}

export function presented(row: Selectable<PaymentTable>, brand: Brand): Presentation | null {
  if (row.channel !== 'bank-transfer') return row.presentation as Presentation | null;
  const bank_transfer = brand.bankAccount && { ...brand.bankAccount, reference: row.out_trade_no };
  return bank_transfer && { pay_url: null, qr_code: null, jsapi: null, bank_transfer };
}

export function shownPayment(
  house: House,
  ctx: Ctx,
  row: Selectable<PaymentTable>,
): z.infer<typeof paymentShown> {
  const { id, customer_id, out_trade_no, trade_no, channel, way, state, held_reason, closed_reason } = row;
  const open = payable(row, ctx.now);
  const gateway = channel === 'bank-transfer' ? undefined : house.ports.payments[channel];
  return {
    ...{ id, customer_id, out_trade_no, trade_no, channel, way, state, held_reason, closed_reason },
    amount: formatYuan(row.amount_micro),
    paid_amount: row.paid_micro === null ? null : formatYuan(row.paid_micro),
    refunded_amount: formatYuan(row.refunded_micro),
    created_at: row.created_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    paid_at: row.paid_at?.toISOString() ?? null,
    payable: open,
    presentation: open ? presented(row, ctx.brand) : null,
    sandbox: gateway?.sandbox ?? false,
  };
}

/** How many payments of a customer may still become money: asked for and not lapsed, or held for staff to decide. */
export async function paymentsOpen(db: Db | Tx, customerId: string): Promise<number> {
  const { open } = await db
    .selectFrom('payments_payment')
    .select((e) => e.fn.countAll<bigint>().as('open'))
    .where('customer_id', '=', customerId)
    .where('state', 'in', ['pending', 'held'])
    .executeTakeFirstOrThrow();
  return Number(open);
}

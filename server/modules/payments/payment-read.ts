import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { Db, Tx } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import { amountOut, id, instant, PAGE_SIZE } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { paymentChannel } from './payment-channel.ts';
import type { PaymentState, PaymentTable } from './tables.ts';
import './driver.ts';
import './tables.ts';

export const paymentShown = z.object({
  id,
  customer_id: z.string(),
  out_trade_no: z.string(),
  trade_no: z.string().nullable(),
  channel: paymentChannel,
  amount: amountOut,
  state: z.enum(['pending', 'paid', 'closed', 'held']),
  held_reason: z.string().nullable(),
  created_at: instant,
  paid_at: instant.nullable(),
  /** It can be paid still: by POST /payments/ID/start. */
  payable: z.boolean(),
  sandbox: z.boolean(),
});

/** Whose payment a number is; null when it is none of ours. Numbers are unique over all brands. */
export async function paymentBrand(db: Db | Tx, outTradeNo: string): Promise<string | null> {
  const row = await db
    .selectFrom('payments_payment')
    .select('brand')
    .where('out_trade_no', '=', outTradeNo)
    .executeTakeFirst();
  return row?.brand ?? null;
}

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

export function shownPayment(
  house: House,
  now: Date,
  row: Selectable<PaymentTable>,
): z.infer<typeof paymentShown> {
  const { id, customer_id, out_trade_no, trade_no, channel, state, held_reason, created_at, paid_at } = row;
  return {
    ...{ id, customer_id, out_trade_no, trade_no, channel, state, held_reason },
    amount: formatYuan(row.amount_micro),
    created_at: created_at.toISOString(),
    paid_at: paid_at?.toISOString() ?? null,
    payable: state === 'pending' && row.expires_at > now,
    sandbox: house.ports.payments[channel]?.sandbox ?? false,
  };
}

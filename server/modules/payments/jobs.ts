import { z } from 'zod';
import { type Tx, transact } from '#kernel/db.ts';
import { asSystem, type House } from '#kernel/house.ts';
import { enqueue, type JobTable } from '#kernel/jobs.ts';
import { formatYuan } from '#kernel/money.ts';
import { earliest, type Sweep } from '#kernel/sweeps.ts';
import { addMinutes } from '#kernel/time.ts';
import { gatewayOf } from './payment-channel.ts';
import { heldRecord } from './payment-held.ts';
import { paymentSettle } from './payment-settle.ts';
import { refundAsk } from './refund-ask.ts';
import { nextQueryMinutes, nextRefundMinutes, PAYMENT_WATCH_HOURS, UNKNOWN_AGAIN_HOURS } from './rules.ts';
import { transferClose, transferLocked } from './transfer.ts';
import './driver.ts';
import './tables.ts';

const paymentPayload = z.object({ payment: z.uuid() });
const refundPayload = z.object({ refund: z.uuid() });
const foreignPayload = z.object({ payment: z.uuid(), number: z.string() });

export function jobs(house: House): JobTable {
  return {
    /** A notification may never come (F41): the channel is asked. "Unknown" settles nothing; the next sweep asks again (F43). */
    'payments.query': (raw) => paymentAsk(house, paymentPayload.parse(raw).payment),
    /** Asks for a refund, or what became of it; safe to run any number of times, its number is the channel's guard. */
    'payments.refund': (raw) => refundAsk(house, refundPayload.parse(raw).refund),
    /** Somebody gave money back at the channel by hand: how much is asked for, then staff are. */
    'payments.foreign-refund': (raw) => {
      const { payment, number } = foreignPayload.parse(raw);
      return foreignRefund(house, payment, number);
    },
  };
}

async function paymentAsk(house: House, id: string): Promise<void> {
  const payment = await paymentRow(house, id);
  if (payment.state !== 'pending' && payment.state !== 'closed') return;
  const expired = payment.expires_at <= house.clock.now();
  if (payment.channel === 'bank-transfer') {
    if (expired) await transferLapse(house, payment);
    return;
  }
  const gateway = gatewayOf(house.ports, payment.channel);
  let facts = await gateway.query(payment.out_trade_no);
  // The payer never opened the page, or left it: nothing can be paid any more once the channel says so.
  if (facts.state === 'unpaid' && expired) {
    await gateway.close(payment.out_trade_no);
    facts = await gateway.query(payment.out_trade_no);
  }
  const closed = facts.state === 'not_found' && expired;
  const state = await asSystem(house, payment.brand, 'payment-query', (tx, ctx) =>
    paymentSettle(tx, ctx, gateway, closed ? { ...facts, state: 'closed' } : facts),
  );
  if (state === 'held') {
    house.log.error(
      { out_trade_no: payment.out_trade_no },
      'payment held: it differs from what we asked for',
    );
  }
}

/** Announced, and never proved by a slip. */
function transferLapse(house: House, { id, brand }: { id: string; brand: string }): Promise<void> {
  return asSystem(house, brand, 'transfer-lapse', async (tx, ctx) => {
    const payment = await transferLocked(tx, ctx, id);
    if (payment.state === 'pending' && payment.query_at) await transferClose(tx, ctx, payment, 'expired');
  });
}

async function foreignRefund(house: House, id: string, number: string): Promise<void> {
  const { channel, out_trade_no, state } = await paymentRow(house, id);
  if (channel === 'bank-transfer') return;
  // There is nothing to give back of what was not paid: our books are behind the channel's.
  if (state === 'pending' || state === 'closed') await paymentAsk(house, id);
  const payment = await paymentRow(house, id);
  if (payment.state === 'pending')
    throw new Error(`${out_trade_no} was refunded, and whether it was paid is unknown`);
  // Held because of this very refund: staff see it already.
  if (payment.state !== 'paid') return;
  const facts = number ? await gatewayOf(house.ports, channel).queryRefund(out_trade_no, number) : null;
  if (facts && ['unknown', 'processing'].includes(facts.state))
    throw new Error(`refund ${number} of ${out_trade_no} is ${facts.state}`);
  if (facts && facts.state !== 'succeeded') return;
  await asSystem(house, payment.brand, 'foreign-refund', (tx, ctx) =>
    heldRecord(tx, ctx, {
      channel,
      kind: 'foreign-refund',
      number: `${out_trade_no}/${number}`,
      outTradeNo: out_trade_no,
      tradeNo: payment.trade_no,
      payment: { id, customerId: payment.customer_id },
      reason: 'refunded at the channel without our asking',
      facts: { refund: number, amount: facts?.amount ? formatYuan(facts.amount) : null },
      booked: 0n,
      refund: facts?.amount ?? null,
    }),
  );
  house.log.error({ channel, out_trade_no }, 'a refund was made at the channel without our asking');
}

function paymentRow(house: House, id: string) {
  return house.db.selectFrom('payments_payment').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
}

export function sweeps(house: House): Sweep[] {
  return [
    {
      name: 'payments.queries',
      everySeconds: 5,
      nextDue: earliest('payments_payment', 'query_at'),
      run: (now) => transact(house.db, (tx) => queryDue(tx, now)),
    },
    {
      name: 'payments.refunds',
      everySeconds: 5,
      nextDue: earliest('payments_refund', 'ask_at'),
      run: (now) => transact(house.db, (tx) => refundDue(tx, now)),
    },
  ];
}

async function queryDue(tx: Tx, now: Date): Promise<number> {
  const due = await tx
    .selectFrom('payments_payment')
    .select(['id', 'queries', 'created_at', 'expires_at'])
    .where('query_at', '<=', now)
    .orderBy('query_at')
    .limit(200)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const payment of due) {
    const queries = payment.queries + 1;
    const next = addMinutes(payment.created_at, nextQueryMinutes(queries));
    const watchedUntil = addMinutes(payment.expires_at, PAYMENT_WATCH_HOURS * 60);
    const soon = next > now ? next : addMinutes(now, 1);
    // Only "unknown" leaves an expired trade open: it is never forgotten, only asked after less often.
    const query_at = soon <= watchedUntil ? soon : addMinutes(now, UNKNOWN_AGAIN_HOURS * 60);
    await tx
      .updateTable('payments_payment')
      .set({ queries, query_at })
      .where('id', '=', payment.id)
      .execute();
    const key = `payment-query:${payment.id}`;
    await enqueue(tx, 'payments.query', { payment: payment.id }, { key, maxAttempts: 3 });
  }
  return due.length;
}

async function refundDue(tx: Tx, now: Date): Promise<number> {
  const due = await tx
    .selectFrom('payments_refund')
    .select(['id', 'asked'])
    .where('ask_at', '<=', now)
    .orderBy('ask_at')
    .limit(200)
    .forUpdate()
    .skipLocked()
    .execute();
  for (const { id, asked } of due) {
    const ask_at = addMinutes(now, nextRefundMinutes(asked));
    await tx.updateTable('payments_refund').set({ ask_at }).where('id', '=', id).execute();
    await enqueue(tx, 'payments.refund', { refund: id }, { key: `refund:${id}`, maxAttempts: 3 });
  }
  return due.length;
}

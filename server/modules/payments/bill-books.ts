import { type RawBuilder, sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { Ports } from '#kernel/house.ts';
import { enqueue } from '#kernel/jobs.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { type BillLine, type Channel, GatewayRefusal, GatewayUnknown } from './driver.ts';
import { gatewayOf } from './payment-channel.ts';
import { heldRecord } from './payment-held.ts';
import './tables.ts';

/** What reconciliation, above, asks of our payments and refunds. */

export type BillEntry = BillLine;

/** The channel's bill of a natural day (Asia/Shanghai), empty when it says that nothing happened; `missing`: why there is none yet. */
export async function billOf(
  ports: Ports,
  channel: Channel,
  day: string,
): Promise<{ lines: BillEntry[] } | { missing: string }> {
  try {
    return { lines: (await gatewayOf(ports, channel).bill(day)) ?? [] };
  } catch (error) {
    if (error instanceof GatewayUnknown || error instanceof GatewayRefusal) return { missing: error.message };
    throw error;
  }
}

/** When the first payment of a brand by a channel was settled; null when none was. Both are columns of the caller's query. */
export function firstSettled(brand: string, channel: string): RawBuilder<Date | null> {
  return sql`(select min(p.settled_at) from payments_payment p
    where p.brand = ${sql.ref(brand)} and p.channel = ${sql.ref(channel)} and p.settled_at is not null)`;
}

/**
 * The lines of a bill that are this brand's, and all that our books have on them and on that day. `strangers`: lines
 * that are no brand's are among them.
 */
export async function billBooks(
  tx: Tx,
  input: { brand: string; channel: Channel; from: Date; until: Date; bill: BillEntry[]; strangers: boolean },
) {
  const { brand, channel, bill } = input;
  const numbers = [...new Set(bill.map((line) => line.outTradeNo))];
  const known = await tradesByNumber(tx, channel, numbers);
  const brandOf = new Map(known.map((row) => [row.out_trade_no, row.brand]));
  for (const { out_trade_no, brand: owner } of await heldByNumber(tx, channel, numbers))
    if (!brandOf.has(out_trade_no)) brandOf.set(out_trade_no, owner);
  const lines = bill.filter(
    (line) => (brandOf.get(line.outTradeNo) ?? (input.strangers ? brand : null)) === brand,
  );
  const refunds = await refundsByTrade(
    tx,
    channel,
    lines.filter((line) => line.kind === 'refund').map((line) => line.outTradeNo),
  );
  return {
    lines,
    books: {
      trades: known.map(ourTrade),
      refunds: refunds.map(ourRefund),
      tradesOfDay: (await settledBetween(tx, input)).map(ourTrade),
      refundsOfDay: (await refundedBetween(tx, input)).map(ourRefund),
    },
  };
}

type TradeRow = Awaited<ReturnType<typeof tradesByNumber>>[number];
type RefundRow = Awaited<ReturnType<typeof refundsByTrade>>[number];

const ourTrade = (row: TradeRow) => ({
  id: row.id,
  number: row.out_trade_no,
  state: row.state,
  paid: row.paid_micro,
});

/** One that was booked from the channel's own word goes by the channel's number. */
const ourRefund = (row: RefundRow) => ({
  id: row.id,
  number: row.out_refund_no.startsWith('X') ? foreignNumber(row.detail ?? '') : row.out_refund_no,
  state: row.state,
  amount: row.amount_micro,
});

/** Held under TRADE/NUMBER; a refund without a number goes by its trade, as in a bill. */
function foreignNumber(held: string): string {
  const [trade = '', number = ''] = held.split('/');
  return number || `${trade}/`;
}

async function tradesByNumber(tx: Tx, channel: Channel, numbers: string[]) {
  return inSlices(numbers, (slice) =>
    tx
      .selectFrom('payments_payment')
      .select(['id', 'brand', 'out_trade_no', 'state', 'paid_micro'])
      .where('channel', '=', channel)
      .where('out_trade_no', 'in', slice)
      .execute(),
  );
}

async function heldByNumber(tx: Tx, channel: Channel, numbers: string[]) {
  return inSlices(numbers, (slice) =>
    tx
      .selectFrom('payments_held')
      .select(['brand', 'out_trade_no'])
      .where('channel', '=', channel)
      .where('out_trade_no', 'in', slice)
      .execute(),
  );
}

async function refundsByTrade(tx: Tx, channel: Channel, trades: string[]) {
  return inSlices([...new Set(trades)], (slice) =>
    tx
      .selectFrom('payments_refund')
      .select(['id', 'out_refund_no', 'state', 'amount_micro', 'detail'])
      .where('channel', '=', channel)
      .where('out_trade_no', 'in', slice)
      .execute(),
  );
}

function settledBetween(tx: Tx, input: { brand: string; channel: Channel; from: Date; until: Date }) {
  return tx
    .selectFrom('payments_payment')
    .select(['id', 'brand', 'out_trade_no', 'state', 'paid_micro'])
    .where('brand', '=', input.brand)
    .where('channel', '=', input.channel)
    .where('settled_at', '>=', input.from)
    .where('settled_at', '<', input.until)
    .execute();
}

function refundedBetween(tx: Tx, input: { brand: string; channel: Channel; from: Date; until: Date }) {
  return tx
    .selectFrom('payments_refund')
    .select(['id', 'out_refund_no', 'state', 'amount_micro', 'detail'])
    .where('brand', '=', input.brand)
    .where('channel', '=', input.channel)
    .where('state', '=', 'done')
    .where('refunded_at', '>=', input.from)
    .where('refunded_at', '<', input.until)
    .execute();
}

/** A query has at most 65,535 parameters; a busy day's bill has more lines. */
async function inSlices<T>(numbers: string[], read: (slice: string[]) => Promise<T[]>): Promise<T[]> {
  const rows: T[] = [];
  for (let at = 0; at < numbers.length; at += 5_000)
    rows.push(...(await read(numbers.slice(at, at + 5_000))));
  return rows;
}

/** The bill has money, in or out, that our books don't: held, for staff. The bill is the channel's word that it is there. */
export async function heldFromBill(
  tx: Tx,
  ctx: Ctx,
  channel: Channel,
  day: string,
  line: BillEntry,
): Promise<void> {
  const isRefund = line.kind === 'refund';
  const payment = isRefund
    ? await tx
        .selectFrom('payments_payment')
        .select(['id', 'customer_id', 'state'])
        .where('channel', '=', channel)
        .where('out_trade_no', '=', line.outTradeNo)
        .executeTakeFirst()
    : undefined;
  if (isRefund && payment?.state !== 'paid') return;
  await heldRecord(tx, ctx, {
    channel,
    kind: isRefund ? 'foreign-refund' : 'orphan',
    number: isRefund ? `${line.outTradeNo}/${line.outRefundNo ?? ''}` : line.outTradeNo,
    outTradeNo: line.outTradeNo,
    tradeNo: line.tradeNo,
    payment: payment ? { id: payment.id, customerId: payment.customer_id } : null,
    reason: isRefund ? 'refunded at the channel without our asking' : 'it names no payment of ours',
    facts: {
      bill: day,
      amount: formatYuan(line.amount),
      at: line.at?.toISOString() ?? null,
      refund: line.outRefundNo,
    },
    booked: isRefund ? 0n : line.amount,
    refund: isRefund ? line.amount : null,
  });
}

/** The channel is asked what became of it, now. */
export async function paymentAskSoon(tx: Tx, id: string): Promise<void> {
  await enqueue(tx, 'payments.query', { payment: id }, { key: `payment-query:${id}`, maxAttempts: 3 });
}

export async function refundAskSoon(tx: Tx, id: string): Promise<void> {
  await enqueue(tx, 'payments.refund', { refund: id }, { key: `refund:${id}`, maxAttempts: 3 });
}

/** What the channel says of a payment or a refund of ours at this moment; asks the network, changes nothing. */
export async function channelSays(
  db: Db,
  ports: Ports,
  subject: { payment: string } | { refund: string },
): Promise<{ state: string; amount: Micro | null }> {
  if ('payment' in subject) {
    const { channel, out_trade_no } = await db
      .selectFrom('payments_payment')
      .select(['channel', 'out_trade_no'])
      .where('id', '=', subject.payment)
      .executeTakeFirstOrThrow();
    return gatewayOf(ports, channel).query(out_trade_no);
  }
  const { channel, out_trade_no, out_refund_no } = await db
    .selectFrom('payments_refund')
    .select(['channel', 'out_trade_no', 'out_refund_no'])
    .where('id', '=', subject.refund)
    .executeTakeFirstOrThrow();
  return gatewayOf(ports, channel).queryRefund(out_trade_no, out_refund_no);
}

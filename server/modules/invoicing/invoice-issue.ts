import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import type { Micro } from '#kernel/money.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { seriesOf } from './rules.ts';
import { sellerOf } from './seller.ts';
import type { InvoiceLine } from './tables.ts';
import './tables.ts';

/** What billing says of a paid order, or metering's usage of prepaid quota, which has no number. */
export interface InvoicedOrder {
  id: string;
  number: string | null;
  customerId: string;
  product: string;
  lines: readonly { text: LocalizedText; amount: Micro }[];
  amount: Micro;
  tax: Micro;
  paid: { cash: Micro; gift: Micro };
  periodStart: Date;
  periodEnd: Date;
}

export interface Issued {
  id: string;
  number: string;
  orderId: string;
}

/**
 * Issues an invoice for each of these orders, in their order, in one statement: numbers are taken as one range. An
 * order that has one already, or that cost nothing, gets none.
 */
export async function invoicesIssue(tx: Tx, ctx: Ctx, orders: readonly InvoicedOrder[]): Promise<Issued[]> {
  const paid = orders.filter(({ amount }) => amount > 0n);
  if (paid.length === 0) return [];
  const seller = sellerOf(ctx.brand);
  const series = seriesOf('INV', ctx.now, ctx.brand.zone);
  const column = <T>(of: (order: InvoicedOrder) => T) => paid.map(of);
  const { texts, placeOf } = distinctLines(paid);
  const { rows } = await sql<Issued>`
    with seller as (
      insert into invoicing_seller (sha256, brand, facts)
        values (${seller.sha256}, ${ctx.brand.id}, ${seller.facts}::jsonb) on conflict do nothing),
    facts as (
      select * from unnest(
        ${column(() => newId())}::uuid[], ${column(({ id }) => id)}::uuid[], ${column(({ number }) => number)}::text[],
        ${column(({ customerId }) => customerId)}::uuid[], ${column(placeOf)}::int[],
        ${column(({ amount }) => String(amount))}::bigint[], ${column(({ tax }) => String(tax))}::bigint[],
        ${column((order) => String(order.paid.cash))}::bigint[], ${column((order) => String(order.paid.gift))}::bigint[],
        ${column((order) => order.periodStart.toISOString())}::timestamptz[],
        ${column((order) => order.periodEnd.toISOString())}::timestamptz[])
      with ordinality as f (id, order_id, order_number, customer_id, lines_place, amount, tax, cash, gift, starts, ends, place)),
    line_sets as (select * from unnest(${texts}::jsonb[]) with ordinality as l (lines, lines_place)),
    fresh as (
      select f.*, row_number() over (order by place) as turn, count(*) over () as many from facts f
        where f.order_id not in (select i.order_id from invoicing_invoice i where i.order_id = any(${column(({ id }) => id)}::uuid[]))),
    taken as (
      insert into invoicing_counter as c (brand, series, last)
        select ${ctx.brand.id}, ${series}, count(*) from fresh having count(*) > 0
        on conflict (brand, series) do update set last = c.last + excluded.last returning last)
    insert into invoicing_invoice (id, brand, series, sequence, customer_id, kind, order_id, order_number, lines,
        amount_micro, tax_micro, cash_micro, gift_micro, period_start, period_end, seller, issued_at)
      select f.id, ${ctx.brand.id}, ${series}, t.last - f.many + f.turn, f.customer_id, 'order', f.order_id,
        f.order_number, l.lines, f.amount, f.tax, f.cash, f.gift, f.starts, f.ends, ${seller.sha256}, ${ctx.now}
      from fresh f join line_sets l using (lines_place) cross join taken t order by f.turn
      returning id, number, order_id as "orderId"`.execute(tx);
  return rows;
}

/** Of many orders most have lines like others', which are sent once. Places count from 1. */
function distinctLines(orders: readonly InvoicedOrder[]) {
  const texts: string[] = [];
  const places = new Map<string, number>();
  const known = new Map<InvoicedOrder['lines'], Map<string, number>>();
  const place = (order: InvoicedOrder): number => {
    const text = JSON.stringify(linesOf(order));
    if (!places.has(text)) places.set(text, texts.push(text));
    return places.get(text)!;
  };
  const placeOf = (order: InvoicedOrder): number => {
    const alike = known.get(order.lines) ?? new Map<string, number>();
    known.set(order.lines, alike);
    const key = `${order.product} ${order.periodStart.getTime()} ${order.periodEnd.getTime()}`;
    const found = alike.get(key) ?? place(order);
    alike.set(key, found);
    return found;
  };
  for (const order of orders) placeOf(order);
  return { texts, placeOf };
}

function linesOf({ lines, product, periodStart, periodEnd }: InvoicedOrder): InvoiceLine[] {
  return lines.map(({ text, amount }) => ({
    text: { zh: text.zh, en: text.en },
    amount: String(amount),
    product,
    period_start: periodStart.toISOString(),
    period_end: periodEnd.toISOString(),
    charges: 0,
  }));
}

import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { earliest } from '#kernel/sweeps.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customersByIds } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { closeOf, monthName, paidWithin, seriesOf } from './rules.ts';
import { sellerOf } from './seller.ts';
import type { InvoiceLine } from './tables.ts';
import './tables.ts';

const CUSTOMERS = 100;

interface Sum {
  customer_id: string;
  month: string;
  product: string;
  text: LocalizedText;
  amount: Micro;
  tax: Micro;
  cash: Micro;
  gift: Micro;
  starts: Date;
  ends: Date;
  charges: number;
}

interface MonthInvoice {
  id: string;
  customerId: string;
  month: string;
  sums: Sum[];
}

/**
 * Invoices the charges of months that are over, a bounded number of customers at a time, the oldest month first.
 * Answers how many customers were handled. One closing of a brand runs at a time.
 */
export async function monthClose(tx: Tx, ctx: Ctx): Promise<number> {
  const { rows: turn } = await sql<{ mine: boolean }>`
    select pg_try_advisory_xact_lock(hashtextextended(${`invoicing.month:${ctx.brand.id}`}, 0)) as mine`.execute(
    tx,
  );
  if (!turn[0]!.mine) return 0;
  const due = await tx
    .selectFrom('invoicing_charge')
    .select(['customer_id', 'close_at'])
    .distinct()
    .where('brand', '=', ctx.brand.id)
    .where('invoice_id', 'is', null)
    .where('close_at', '<=', ctx.now)
    .orderBy('close_at')
    .limit(CUSTOMERS)
    .execute();
  if (due.length === 0) return 0;
  // One month at a time, so that each is an invoice of its own however late it is closed.
  const closing = due[0]!.close_at;
  const customers = due.filter((row) => row.close_at.getTime() === closing.getTime());
  const invoices = await sums(
    tx,
    ctx,
    closing,
    customers.map((row) => row.customer_id),
  );
  const total = ({ sums: parts }: MonthInvoice) => parts.reduce((sum, { amount }) => sum + amount, 0n);
  const whole = invoices.filter((invoice) => total(invoice) >= 0n);
  await carryOn(
    tx,
    ctx,
    closing,
    invoices.filter((invoice) => total(invoice) < 0n),
  );
  await issue(tx, ctx, closing, whole);
  return customers.length;
}

/** One line for each product and text. */
async function sums(tx: Tx, ctx: Ctx, closing: Date, customerIds: string[]): Promise<MonthInvoice[]> {
  const { rows } = await sql<Sum>`
    select customer_id, max(month) as month, product, text, sum(amount_micro)::bigint as amount,
        sum(tax_micro)::bigint as tax, sum(cash_micro)::bigint as cash, sum(gift_micro)::bigint as gift,
        min(period_start) as starts, max(period_end) as ends, count(*)::int as charges
      from invoicing_charge
      where brand = ${ctx.brand.id} and invoice_id is null and close_at = ${closing}
        and customer_id = any (${customerIds}::uuid[])
      group by customer_id, product, text order by customer_id, product, text ->> 'en'`.execute(tx);
  const byCustomer = Map.groupBy(rows, ({ customer_id }) => customer_id);
  return [...byCustomer].map(([customerId, parts]) => ({
    id: newId(),
    customerId,
    month: parts
      .map(({ month }) => month)
      .sort()
      .at(-1)!,
    sums: parts,
  }));
}

/** Corrections outweigh what was charged: they wait for the next month. */
async function carryOn(tx: Tx, ctx: Ctx, closing: Date, invoices: MonthInvoice[]): Promise<void> {
  if (invoices.length === 0) return;
  await tx
    .updateTable('invoicing_charge')
    .set({ close_at: closeOf(ctx.now, ctx.brand.zone), month: monthName(ctx.now, ctx.brand.zone) })
    .where('brand', '=', ctx.brand.id)
    .where('invoice_id', 'is', null)
    .where('close_at', '=', closing)
    .where(
      'customer_id',
      'in',
      invoices.map(({ customerId }) => customerId),
    )
    .execute();
}

async function issue(tx: Tx, ctx: Ctx, closing: Date, invoices: MonthInvoice[]): Promise<void> {
  if (invoices.length === 0) return;
  const seller = sellerOf(ctx.brand);
  await tx
    .insertInto('invoicing_seller')
    .values({ sha256: seller.sha256, brand: ctx.brand.id, facts: seller.facts })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const series = seriesOf('INV', ctx.now, ctx.brand.zone);
  const { rows } = await sql<{ last: bigint }>`
    insert into invoicing_counter as c (brand, series, last)
      values (${ctx.brand.id}, ${series}, ${invoices.length})
      on conflict (brand, series) do update set last = c.last + excluded.last returning last`.execute(tx);
  const first = rows[0]!.last - BigInt(invoices.length) + 1n;
  const issued = await tx
    .insertInto('invoicing_invoice')
    .values(
      invoices.map((invoice, i) => ({
        ...facts(invoice),
        id: invoice.id,
        brand: ctx.brand.id,
        series,
        sequence: first + BigInt(i),
        seller: seller.sha256,
        issued_at: ctx.now,
      })),
    )
    .returning(['id', 'number', 'customer_id', 'month', 'amount_micro'])
    .execute();
  await take(tx, ctx, closing, invoices);
  await tell(tx, ctx, issued);
}

function facts({ customerId, month, sums: parts }: MonthInvoice) {
  const total = (of: (part: Sum) => Micro) => parts.reduce((sum, part) => sum + of(part), 0n);
  const amount = total((part) => part.amount);
  const paid = paidWithin({ amount, cash: total((part) => part.cash), gift: total((part) => part.gift) });
  const tax = total((part) => part.tax);
  const instants = (of: (part: Sum) => Date) => parts.map((part) => of(part).getTime());
  const lines: InvoiceLine[] = parts.map((part) => ({
    text: part.text,
    amount: String(part.amount),
    product: part.product,
    period_start: part.starts.toISOString(),
    period_end: part.ends.toISOString(),
    charges: part.charges,
  }));
  return {
    customer_id: customerId,
    kind: 'month' as const,
    order_id: null,
    order_number: null,
    month,
    lines: JSON.stringify(lines),
    amount_micro: amount,
    tax_micro: tax > 0n ? tax : 0n,
    cash_micro: paid.cash,
    gift_micro: paid.gift,
    period_start: new Date(Math.min(...instants((part) => part.starts))),
    period_end: new Date(Math.max(...instants((part) => part.ends))),
  };
}

/** The charges that were summed up name their invoice and line; one that came in between waits for the next closing. */
async function take(tx: Tx, ctx: Ctx, closing: Date, invoices: MonthInvoice[]): Promise<void> {
  const lines = invoices.flatMap((invoice) => invoice.sums.map((sum, line) => ({ invoice, sum, line })));
  const { rows } = await sql<{ invoice_id: string; line: number; n: number }>`
    with line as (
      select * from unnest(${lines.map(({ invoice }) => invoice.id)}::uuid[], ${lines.map(({ line }) => line)}::int[],
        ${lines.map(({ sum }) => sum.customer_id)}::uuid[], ${lines.map(({ sum }) => sum.product)}::text[],
        ${lines.map(({ sum }) => JSON.stringify(sum.text))}::jsonb[]) as l (invoice_id, line, customer_id, product, text)),
    taken as (
      update invoicing_charge c set invoice_id = l.invoice_id, line = l.line from line l
        where c.brand = ${ctx.brand.id} and c.invoice_id is null and c.close_at = ${closing}
          and c.customer_id = l.customer_id and c.product = l.product and c.text = l.text
        returning c.invoice_id, c.line)
    select invoice_id, line, count(*)::int as n from taken group by 1, 2`.execute(tx);
  const taken = new Map(rows.map((row) => [`${row.invoice_id}/${row.line}`, row.n]));
  for (const { invoice, sum, line } of lines) {
    if (taken.get(`${invoice.id}/${line}`) !== sum.charges)
      throw new MonthMoved(`charges of ${invoice.month} came in while it was closed`);
  }
}

/** Charges changed under the closing; it is undone and tried again by the next sweep. */
export class MonthMoved extends Error {}

async function tell(
  tx: Tx,
  ctx: Ctx,
  issued: { id: string; number: string; customer_id: string; month: string | null; amount_micro: Micro }[],
): Promise<void> {
  const customers = await customersByIds(
    tx,
    issued.map(({ customer_id }) => customer_id),
  );
  const byId = new Map(customers.map((customer) => [customer.id, customer]));
  for (const { id, number, customer_id, month, amount_micro } of issued) {
    const customer = byId.get(customer_id);
    const values = { number, month: month!.slice(0, 7), amount: formatYuan(amount_micro) };
    const notices: string[] = [];
    if (customer) {
      const { user_id: userId, email, locale } = customer;
      const to = { customerId: customer_id, userId, email, locale };
      notices.push(
        await noticeSend(tx, ctx, { kind: 'invoice-issued', dedupe: `invoice:${id}`, to, values }),
      );
    }
    const subject = { kind: 'invoice', id };
    await auditRecord(tx, ctx, {
      action: 'invoice.issued',
      subject,
      customerId: customer_id,
      facts: values,
      notices,
    });
  }
}

export const earliestClose = earliest('invoicing_charge', 'close_at', sql`invoice_id is null`);

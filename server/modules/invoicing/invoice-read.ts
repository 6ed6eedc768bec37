import { type Selectable, sql } from 'kysely';
import { z } from 'zod';
import type { Db, Tx } from '#kernel/db.ts';
import { amountOut, id, instant, localized, PAGE_SIZE } from '#kernel/http.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import type { CreditNoteTable, InvoiceTable } from './tables.ts';
import './tables.ts';

export const invoiceShown = z.object({
  id,
  number: z.string(),
  customer_id: z.string(),
  kind: z.enum(['order', 'month']),
  order_number: z.string().nullable(),
  /** "2026-03" for a month's invoice. */
  month: z.string().nullable(),
  amount: amountOut,
  /** Part of the amount. */
  tax: amountOut,
  cash: amountOut,
  gift: amountOut,
  owed: amountOut,
  credited: amountOut,
  period_start: instant,
  period_end: instant,
  issued_at: instant,
  lines: z.array(
    z.object({
      text: localized,
      amount: amountOut,
      product: z.string().nullable(),
      period_start: instant,
      period_end: instant,
      /** How many charges it sums up; see the line's charges. */
      charges: z.number(),
    }),
  ),
});

export const creditNoteShown = z.object({
  id,
  number: z.string(),
  customer_id: z.string(),
  invoice_id: id,
  invoice_number: z.string(),
  amount: amountOut,
  tax: amountOut,
  cash: amountOut,
  reason: z.string(),
  clause: z.object({ clause: z.string(), version: z.string(), sha256: z.string() }).nullable(),
  issued_at: instant,
});

interface Filter {
  customerId?: string | undefined;
  id?: string | undefined;
  before?: string | undefined;
}

/** `settled_micro`: owed when it was issued, paid since. */
export type InvoiceRow = Selectable<InvoiceTable> & { credited_micro: Micro; settled_micro: Micro };

/** What came in for invoice `i` in money since it was issued. */
const settled = sql<bigint>`(invoicing_received(i.id) - i.cash_micro)`;
export type CreditNoteRow = Selectable<CreditNoteTable> & { invoice_number: string };

export function invoiceList(db: Db | Tx, brand: string, filter: Filter): Promise<InvoiceRow[]> {
  return db
    .selectFrom('invoicing_invoice as i')
    .selectAll('i')
    .select((e) =>
      e
        .selectFrom('invoicing_credit_note as n')
        .select((f) => f.fn.coalesce(f.fn.sum<bigint>('n.amount_micro'), f.lit(0)).as('sum'))
        .whereRef('n.invoice_id', '=', 'i.id')
        .as('credited'),
    )
    .select(settled.as('settled'))
    .where('i.brand', '=', brand)
    .$if(filter.customerId !== undefined, (q) => q.where('i.customer_id', '=', filter.customerId!))
    .$if(filter.id !== undefined, (q) => q.where('i.id', '=', filter.id!))
    .$if(filter.before !== undefined, (q) => q.where('i.id', '<', filter.before!))
    .orderBy('i.id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute()
    .then((rows) =>
      rows.map(({ credited, settled, ...row }) => ({
        ...row,
        credited_micro: BigInt(credited ?? 0),
        settled_micro: BigInt(settled),
      })),
    );
}

/** The invoice of an order; null where it cost nothing. */
export async function invoiceOfOrder(
  db: Db | Tx,
  brand: string,
  orderId: string,
): Promise<{ id: string; number: string } | null> {
  const row = await db
    .selectFrom('invoicing_invoice')
    .select(['id', 'number'])
    .where('brand', '=', brand)
    .where('order_id', '=', orderId)
    .executeTakeFirst();
  return row ?? null;
}

export function creditNoteList(
  db: Db | Tx,
  brand: string,
  filter: Filter & { invoiceId?: string | undefined },
): Promise<CreditNoteRow[]> {
  return db
    .selectFrom('invoicing_credit_note as n')
    .innerJoin('invoicing_invoice as i', 'i.id', 'n.invoice_id')
    .selectAll('n')
    .select('i.number as invoice_number')
    .where('n.brand', '=', brand)
    .$if(filter.customerId !== undefined, (q) => q.where('n.customer_id', '=', filter.customerId!))
    .$if(filter.id !== undefined, (q) => q.where('n.id', '=', filter.id!))
    .$if(filter.invoiceId !== undefined, (q) => q.where('n.invoice_id', '=', filter.invoiceId!))
    .$if(filter.before !== undefined, (q) => q.where('n.id', '<', filter.before!))
    .orderBy('n.id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

export function shownInvoice(row: InvoiceRow): z.infer<typeof invoiceShown> {
  const { id, number, customer_id, kind, order_number } = row;
  return {
    ...{ id, number, customer_id, kind, order_number },
    month: row.month?.slice(0, 7) ?? null,
    amount: formatYuan(row.amount_micro),
    tax: formatYuan(row.tax_micro),
    cash: formatYuan(row.cash_micro),
    gift: formatYuan(row.gift_micro),
    owed: formatYuan(row.amount_micro - row.cash_micro - row.gift_micro - row.settled_micro),
    credited: formatYuan(row.credited_micro),
    period_start: row.period_start.toISOString(),
    period_end: row.period_end.toISOString(),
    issued_at: row.issued_at.toISOString(),
    lines: row.lines.map(({ amount, ...line }) => ({ ...line, amount: formatYuan(BigInt(amount)) })),
  };
}

export function shownCreditNote(row: CreditNoteRow): z.infer<typeof creditNoteShown> {
  const { id, number, customer_id, invoice_id, invoice_number, reason, clause } = row;
  return {
    ...{ id, number, customer_id, invoice_id, invoice_number, reason, clause },
    amount: formatYuan(row.amount_micro),
    tax: formatYuan(row.tax_micro),
    cash: formatYuan(row.cash_micro),
    issued_at: row.issued_at.toISOString(),
  };
}

/** What of these invoices was paid in money and didn't go back; newest last. Only the customer's own are answered. */
export async function invoicesPaid(
  db: Db | Tx,
  brand: string,
  customerId: string,
  filter: { ids?: string[] | undefined; from?: Date | undefined; to?: Date | undefined } = {},
) {
  const rows = await db
    .selectFrom('invoicing_invoice as i')
    .select([
      'i.id',
      'i.number',
      'i.kind',
      'i.order_id',
      'i.order_number',
      'i.issued_at',
      'i.cash_micro',
      'i.lines',
    ])
    .select((e) =>
      e
        .selectFrom('invoicing_credit_note as n')
        .select((f) => f.fn.coalesce(f.fn.sum<bigint>('n.cash_micro'), f.lit(0)).as('sum'))
        .whereRef('n.invoice_id', '=', 'i.id')
        .as('returned'),
    )
    .select(settled.as('settled'))
    .where('i.brand', '=', brand)
    .where('i.customer_id', '=', customerId)
    .where((e) =>
      e.or([
        e('i.cash_micro', '>', 0n),
        e('i.kind', '=', 'month'),
        e.exists(
          e.selectFrom('invoicing_settlement as s').select('s.id').whereRef('s.invoice_id', '=', 'i.id'),
        ),
      ]),
    )
    .$if(filter.ids !== undefined, (q) => q.where('i.id', 'in', filter.ids!))
    .$if(filter.from !== undefined, (q) => q.where('i.issued_at', '>=', filter.from!))
    .$if(filter.to !== undefined, (q) => q.where('i.issued_at', '<', filter.to!))
    .orderBy('i.id')
    .execute();
  return rows
    .map(({ returned, settled, ...row }) => ({
      ...row,
      paid: row.cash_micro + BigInt(settled) - BigInt(returned ?? 0),
    }))
    .filter((row) => row.paid > 0n);
}

/** The charges that a line sums up, in the order of their periods; a page and one more. */
export function lineCharges(db: Db | Tx, invoiceId: string, line: number, before: string | undefined) {
  return db
    .selectFrom('invoicing_charge')
    .select(['id', 'text', 'amount_micro', 'tax_micro', 'period_start', 'period_end', 'explain'])
    .where('invoice_id', '=', invoiceId)
    .where('line', '=', line)
    .$if(before !== undefined, (q) => q.where('id', '<', before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

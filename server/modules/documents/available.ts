import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import { invoicesPaid } from '#modules/invoicing/index.ts';
import './tables.ts';

export interface InvoiceAvailable {
  invoiceId: string;
  number: string;
  issuedAt: Date;
  /** Paid in money and not gone back. */
  paid: Micro;
  /** Of that, what no live application has taken. */
  amount: Micro;
}

/** What tax invoices can still be made out for, invoice by invoice, oldest first. */
export async function taxInvoiceAvailable(
  db: Db | Tx,
  ctx: Ctx,
  customerId: string,
  filter: { ids?: string[] | undefined; from?: Date | undefined; to?: Date | undefined } = {},
): Promise<InvoiceAvailable[]> {
  const invoices = await invoicesPaid(db, ctx.brand.id, customerId, filter);
  const { rows } = await sql<{ invoice_id: string; used: bigint }>`
    select p.invoice_id, sum(p.amount_micro)::bigint as used
      from documents_tax_invoice_part p join documents_tax_invoice t on t.id = p.tax_invoice_id
      where t.customer_id = ${customerId} and t.state not in ('refused', 'cancelled', 'reversed')
      group by 1`.execute(db);
  const used = new Map(rows.map((row) => [row.invoice_id, row.used]));
  return invoices.map(({ id, number, issued_at, paid }) => {
    const left = paid - (used.get(id) ?? 0n);
    return { invoiceId: id, number, issuedAt: issued_at, paid, amount: left > 0n ? left : 0n };
  });
}

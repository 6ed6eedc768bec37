import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import { invoicesPaid } from '#modules/invoicing/index.ts';
import { taxInvoiceCancel, taxInvoiceLock, taxInvoiceReverse } from './tax-invoice-turn.ts';
import './tables.ts';

/**
 * Money of an invoice went back. Tax invoices made out for more than what is left of it are cancelled, or reversed, the
 * newest first, until the rest is covered.
 */
export async function taxInvoiceRefunded(
  tx: Tx,
  ctx: Ctx,
  { invoiceId, customerId, number }: { invoiceId: string; customerId: string; number: string },
): Promise<void> {
  const { rows } = await sql<{ id: string; amount: Micro }>`
    select t.id, p.amount_micro as amount from documents_tax_invoice t
      join documents_tax_invoice_part p on p.tax_invoice_id = t.id
      where p.invoice_id = ${invoiceId} and t.state in ('submitted', 'issuing', 'issued')
      order by t.id desc for update of t`.execute(tx);
  if (rows.length === 0) return;
  const [invoice] = await invoicesPaid(tx, ctx.brand.id, customerId, { ids: [invoiceId] });
  let over = rows.reduce((sum, { amount }) => sum + amount, 0n) - (invoice?.paid ?? 0n);
  const reason = `refund:${number}`;
  for (const { id, amount } of rows) {
    if (over <= 0n) return;
    over -= amount;
    const row = await taxInvoiceLock(tx, ctx, id);
    if (row.state === 'submitted') await taxInvoiceCancel(tx, ctx, row, reason);
    else if (row.state === 'issued') await taxInvoiceReverse(tx, ctx, row, reason);
    else if (!row.reverse_wanted) {
      // A service is at work: what it issues is reversed as soon as it is known.
      await tx
        .updateTable('documents_tax_invoice')
        .set({ reverse_wanted: true, reason })
        .where('id', '=', id)
        .execute();
    }
  }
}

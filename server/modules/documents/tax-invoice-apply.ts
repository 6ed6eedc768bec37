import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { enqueue } from '#kernel/jobs.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { gateEnter } from '#modules/gates/index.ts';
import { taxInvoiceAvailable } from './available.ts';
import { documentsOffered } from './offered.ts';
import { problem, shareOut } from './rules.ts';
import { titleOf } from './title-add.ts';
import './tables.ts';

export interface TaxInvoiceApplication {
  customerId: string;
  titleId: string;
  type: 'ordinary' | 'special';
  /** These invoices, or those issued in a span of time. */
  choice: { ids: string[] } | { from: Date; to: Date };
  /** Null: all there is. */
  amount: Micro | null;
  /** Whether a service issues it; otherwise staff do, by hand. */
  byService: boolean;
}

/** Applies for a tax invoice. Throws `documents-not-offered`, `title-incomplete`, `nothing-to-invoice`, `not-found`. */
export async function taxInvoiceApply(tx: Tx, ctx: Ctx, application: TaxInvoiceApplication): Promise<string> {
  const { customerId, choice, type } = application;
  const clause = await documentsOffered(tx, customerId, 'tax-invoice');
  await gateEnter(tx, ctx, { customerId, act: 'tax-invoice' });
  const title = await titleOf(tx, customerId, application.titleId);
  const complete = title.address && title.phone && title.bank && title.bank_account;
  if (type === 'special' && (title.kind !== 'company' || !complete)) throw problem['title-incomplete']();
  const available = await taxInvoiceAvailable(tx, ctx, customerId, choice);
  if ('ids' in choice && available.length < new Set(choice.ids).size) throw kernelProblem['not-found']();
  const total = available.reduce((sum, { amount }) => sum + amount, 0n);
  const short = () => problem['nothing-to-invoice']({ available: formatYuan(total) });
  const parts = shareOut(available, application.amount);
  if (!parts) throw short();
  const id = newId();
  const amount = parts.reduce((sum, part) => sum + part.amount, 0n);
  await tx
    .insertInto('documents_tax_invoice')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: customerId,
      title_id: title.id,
      type,
      amount_micro: amount,
      state: 'submitted',
      created_at: ctx.now,
    })
    .execute();
  try {
    // In one order for all, since each locks its invoice.
    for (const part of parts.toSorted((a, b) => (a.invoiceId < b.invoiceId ? -1 : 1))) {
      await tx
        .insertInto('documents_tax_invoice_part')
        .values({ tax_invoice_id: id, invoice_id: part.invoiceId, amount_micro: part.amount })
        .execute();
    }
  } catch (error) {
    // Another application, or a refund, was quicker.
    if (violated(error) !== 'documents_tax_invoice_part_within') throw error;
    throw short();
  }
  await auditRecord(tx, ctx, {
    action: 'tax-invoice.applied',
    subject: { kind: 'tax-invoice', id },
    customerId,
    clause,
    facts: { amount: formatYuan(amount), type, invoices: parts.length },
  });
  if (application.byService) await enqueue(tx, 'documents.tax-invoice', { id }, { key: `tax-invoice:${id}` });
  return id;
}

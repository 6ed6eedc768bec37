import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import { enqueue } from '#kernel/jobs.ts';
import { formatYuan } from '#kernel/money.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { fileKeep } from './file-keep.ts';
import { documentsClause } from './offered.ts';
import { problem } from './rules.ts';
import type { TaxInvoiceStatus } from './tables.ts';
import './tables.ts';

/** The turns that an application takes. Each names the states that it may be taken from; any other is `tax-invoice-settled`. */

/** Locks the row; `not-found` where there is none (or, for a customer, where it is another's). */
export async function taxInvoiceLock(tx: Tx, ctx: Ctx, id: string, customerId?: string) {
  const row = await tx
    .selectFrom('documents_tax_invoice')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .$if(customerId !== undefined, (q) => q.where('customer_id', '=', customerId!))
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw kernelProblem['not-found']();
  return row;
}

export type TaxInvoiceRow = Awaited<ReturnType<typeof taxInvoiceLock>>;

function from(row: TaxInvoiceRow, ...states: TaxInvoiceStatus[]): void {
  if (!states.includes(row.state)) throw problem['tax-invoice-settled']({}, { state: row.state });
}

type Change = Partial<
  Omit<TaxInvoiceRow, 'id' | 'brand' | 'customer_id' | 'title_id' | 'type' | 'amount_micro'>
>;

async function change(tx: Tx, id: string, set: Change): Promise<void> {
  await tx.updateTable('documents_tax_invoice').set(set).where('id', '=', id).execute();
}

/** Audit entry with its clause, and a notice if one is named. */
async function tell(
  tx: Tx,
  ctx: Ctx,
  row: TaxInvoiceRow,
  action: string,
  facts: Record<string, string>,
  kind?: 'tax-invoice-issued' | 'tax-invoice-refused' | 'tax-invoice-reversed',
): Promise<void> {
  const clause = await documentsClause(tx, row.customer_id);
  const notices: string[] = [];
  if (kind) {
    const customer = await customerRead(tx, row.customer_id);
    const { user_id: userId, email, locale } = customer;
    const { name: title } = await tx
      .selectFrom('documents_title')
      .select('name')
      .where('id', '=', row.title_id)
      .executeTakeFirstOrThrow();
    const values = { ...facts, title, amount: formatYuan(row.amount_micro), clause: clause?.clause ?? '—' };
    const to = { customerId: row.customer_id, userId, email, locale };
    notices.push(await noticeSend(tx, ctx, { kind, dedupe: `${kind}:${row.id}`, to, values }));
  }
  await auditRecord(tx, ctx, {
    action,
    subject: { kind: 'tax-invoice', id: row.id },
    customerId: row.customer_id,
    ...(clause ? { clause } : {}),
    facts: { amount: formatYuan(row.amount_micro), ...facts },
    notices,
  });
}

/** The customer takes it back before anybody works on it. */
export async function taxInvoiceCancel(tx: Tx, ctx: Ctx, row: TaxInvoiceRow, reason: string): Promise<void> {
  from(row, 'submitted');
  await change(tx, row.id, { state: 'cancelled', reason, query_at: null });
  await tell(tx, ctx, row, 'tax-invoice.cancelled', { reason });
}

/** A service is about to be asked; from now on only it, or staff, can say no. */
export async function taxInvoiceBegin(tx: Tx, ctx: Ctx, row: TaxInvoiceRow, issuer: string, askAt: Date) {
  from(row, 'submitted');
  await change(tx, row.id, { state: 'issuing', issuer, query_at: askAt });
  await tell(tx, ctx, row, 'tax-invoice.issuing', { issuer });
}

export async function taxInvoiceRefuse(tx: Tx, ctx: Ctx, row: TaxInvoiceRow, reason: string): Promise<void> {
  from(row, 'submitted', 'issuing');
  await change(tx, row.id, { state: 'refused', reason, query_at: null });
  await tell(tx, ctx, row, 'tax-invoice.refused', { reason }, 'tax-invoice-refused');
}

export interface IssuedPaper {
  issuer: string;
  number: string;
  at: Date;
  file: Buffer;
}

/** It is issued. If a refund came in between it is reversed at once. */
export async function taxInvoiceIssued(
  tx: Tx,
  ctx: Ctx,
  row: TaxInvoiceRow,
  paper: IssuedPaper,
): Promise<void> {
  from(row, 'submitted', 'issuing');
  const { id: file_id } = await fileKeep(tx, ctx, { customerId: row.customer_id, bytes: paper.file });
  const { issuer, number } = paper;
  try {
    await change(tx, row.id, {
      state: 'issued',
      issuer,
      number,
      issued_at: paper.at,
      file_id,
      query_at: null,
    });
  } catch (error) {
    if (violated(error) !== 'documents_tax_invoice_number_once') throw error;
    throw problem['tax-invoice-number-used']();
  }
  await tell(tx, ctx, row, 'tax-invoice.issued', { number, issuer }, 'tax-invoice-issued');
  if (row.reverse_wanted) {
    const reason = row.reason ?? 'refunded';
    await taxInvoiceReverse(tx, ctx, await taxInvoiceLock(tx, ctx, row.id), reason);
  }
}

/** It has to be reversed in whole (红冲): by its service, or by staff if they issued it. */
export async function taxInvoiceReverse(tx: Tx, ctx: Ctx, row: TaxInvoiceRow, reason: string): Promise<void> {
  from(row, 'issued');
  const byService = row.issuer !== BY_HAND;
  await change(tx, row.id, { state: 'reversing', reason, queries: 0, query_at: byService ? ctx.now : null });
  await tell(tx, ctx, row, 'tax-invoice.reversing', { reason, number: row.number! });
  if (byService) await enqueue(tx, 'documents.tax-invoice', { id: row.id }, { key: `tax-invoice:${row.id}` });
}

export async function taxInvoiceReversed(
  tx: Tx,
  ctx: Ctx,
  row: TaxInvoiceRow,
  paper: { number: string; at: Date; file: Buffer | null },
): Promise<void> {
  from(row, 'reversing');
  const kept = paper.file && (await fileKeep(tx, ctx, { customerId: row.customer_id, bytes: paper.file }));
  await change(tx, row.id, {
    state: 'reversed',
    reverse_number: paper.number,
    reversed_at: paper.at,
    reverse_file_id: kept?.id ?? null,
    query_at: null,
  });
  const facts = { number: row.number!, reverse: paper.number, reason: row.reason ?? '' };
  await tell(tx, ctx, row, 'tax-invoice.reversed', facts, 'tax-invoice-reversed');
}

/** What staff issued themselves is reversed by them. */
export const BY_HAND = 'staff';

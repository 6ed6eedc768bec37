import type { Selectable } from 'kysely';
import { z } from 'zod';
import type { Db, Tx } from '#kernel/db.ts';
import { amountOut, id, instant, PAGE_SIZE } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import type { TaxInvoiceStatus, TaxInvoiceTable, TitleTable } from './tables.ts';
import './tables.ts';

const states = z.enum(['submitted', 'issuing', 'issued', 'refused', 'cancelled', 'reversing', 'reversed']);

export const titleShown = z.object({
  id,
  kind: z.enum(['person', 'company']),
  name: z.string(),
  tax_number: z.string().nullable(),
  address: z.string().nullable(),
  phone: z.string().nullable(),
  bank: z.string().nullable(),
  bank_account: z.string().nullable(),
  created_at: instant,
});

export function shownTitle(row: Selectable<TitleTable>): z.infer<typeof titleShown> {
  const { id, kind, name, tax_number, address, phone, bank, bank_account } = row;
  const created_at = row.created_at.toISOString();
  return { id, kind, name, tax_number, address, phone, bank, bank_account, created_at };
}

export const taxInvoiceShown = z.object({
  id,
  customer_id: z.string(),
  type: z.enum(['ordinary', 'special']),
  title: z.object({ name: z.string(), tax_number: z.string().nullable() }),
  amount: amountOut,
  state: states,
  reason: z.string().nullable(),
  /** "local": a stand-in, worth nothing; "staff": issued by hand. */
  issuer: z.string().nullable(),
  number: z.string().nullable(),
  issued_at: instant.nullable(),
  reverse_number: z.string().nullable(),
  reversed_at: instant.nullable(),
  /** Which files can be downloaded. */
  files: z.array(z.enum(['invoice', 'reversal'])),
  created_at: instant,
});

interface Filter {
  customerId?: string | undefined;
  id?: string | undefined;
  before?: string | undefined;
}

export type ListedTaxInvoice = Selectable<TaxInvoiceTable> & { name: string; tax_number: string | null };

export function taxInvoiceList(
  db: Db | Tx,
  brand: string,
  filter: Filter & { state?: TaxInvoiceStatus | undefined },
): Promise<ListedTaxInvoice[]> {
  return db
    .selectFrom('documents_tax_invoice as t')
    .innerJoin('documents_title as h', 'h.id', 't.title_id')
    .selectAll('t')
    .select(['h.name', 'h.tax_number'])
    .where('t.brand', '=', brand)
    .$if(filter.customerId !== undefined, (q) => q.where('t.customer_id', '=', filter.customerId!))
    .$if(filter.id !== undefined, (q) => q.where('t.id', '=', filter.id!))
    .$if(filter.state !== undefined, (q) => q.where('t.state', '=', filter.state!))
    .$if(filter.before !== undefined, (q) => q.where('t.id', '<', filter.before!))
    .orderBy('t.id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

export function shownTaxInvoice(row: ListedTaxInvoice): z.infer<typeof taxInvoiceShown> {
  const { id, customer_id, type, state, reason, issuer, number, reverse_number, name, tax_number } = row;
  return {
    ...{ id, customer_id, type, state, reason, issuer, number, reverse_number },
    title: { name, tax_number },
    amount: formatYuan(row.amount_micro),
    issued_at: row.issued_at?.toISOString() ?? null,
    reversed_at: row.reversed_at?.toISOString() ?? null,
    files: [
      ...(row.file_id ? (['invoice'] as const) : []),
      ...(row.reverse_file_id ? (['reversal'] as const) : []),
    ],
    created_at: row.created_at.toISOString(),
  };
}

import type { Generated } from 'kysely';

declare module '#kernel/db.ts' {
  interface Tables {
    documents_file: FileTable;
    documents_title: TitleTable;
    documents_tax_invoice: TaxInvoiceTable;
    documents_tax_invoice_part: TaxInvoicePartTable;
  }
}

export interface FileTable {
  id: string;
  brand: string;
  customer_id: string;
  media_type: 'application/pdf' | 'application/ofd';
  sha256: string;
  bytes: Buffer;
  created_at: Date;
}

export interface TitleTable {
  id: string;
  brand: string;
  customer_id: string;
  kind: 'person' | 'company';
  name: string;
  tax_number: string | null;
  address: string | null;
  phone: string | null;
  bank: string | null;
  bank_account: string | null;
  created_at: Date;
  removed_at: Date | null;
}

export type TaxInvoiceStatus =
  | 'submitted'
  | 'issuing'
  | 'issued'
  | 'refused'
  | 'cancelled'
  | 'reversing'
  | 'reversed';

export interface TaxInvoiceTable {
  id: string;
  brand: string;
  customer_id: string;
  title_id: string;
  type: 'ordinary' | 'special';
  amount_micro: bigint;
  state: TaxInvoiceStatus;
  reason: string | null;
  issuer: string | null;
  number: string | null;
  issued_at: Date | null;
  file_id: string | null;
  reverse_wanted: Generated<boolean>;
  reverse_number: string | null;
  reversed_at: Date | null;
  reverse_file_id: string | null;
  query_at: Date | null;
  queries: Generated<number>;
  created_at: Date;
}

export interface TaxInvoicePartTable {
  tax_invoice_id: string;
  invoice_id: string;
  amount_micro: bigint;
}

import type { ColumnType, Generated } from 'kysely';
import type { LocalizedText } from '#kernel/text.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    documents_file: FileTable;
    documents_title: TitleTable;
    documents_tax_invoice: TaxInvoiceTable;
    documents_tax_invoice_part: TaxInvoicePartTable;
    documents_contract: ContractTable;
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

export type ContractState = 'requested' | 'approved' | 'refused' | 'sealed';

export interface ContractTable {
  id: string;
  brand: string;
  series: string;
  sequence: bigint;
  number: Generated<string>;
  customer_id: string;
  invoice_id: string;
  acceptance_id: string;
  facts: ColumnType<ContractFacts, string, never>;
  state: ContractState;
  reason: string | null;
  requested_at: Date;
  decided_at: Date | null;
  sealed_at: Date | null;
  file_id: string | null;
  sha256: string | null;
  certificate: string | null;
}

/** What stands in a contract, as it was when it was asked for. Amounts are micro-yuan in digits. */
export interface ContractFacts {
  seller: {
    brand: LocalizedText;
    tagline: LocalizedText;
    colour: string;
    zone: string;
    legal: { name: LocalizedText; tax_number: string; address: LocalizedText; phone: string } | null;
  };
  customer: { name: string; tax_number: string | null; address: string | null; phone: string | null };
  order: {
    number: string;
    lines: { text: LocalizedText; amount: string }[];
    amount: string;
    tax: string;
    period_start: string;
    period_end: string;
    paid_at: string;
  };
  terms: { version: string; sha256: string; accepted_at: string };
}

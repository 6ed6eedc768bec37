import type { ColumnType, Generated } from 'kysely';
import type { LocalizedText } from '#kernel/text.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    invoicing_invoice: InvoiceTable;
    invoicing_credit_note: CreditNoteTable;
    invoicing_charge: ChargeTable;
    invoicing_settlement: SettlementTable;
    invoicing_seller: SellerTable;
    invoicing_counter: CounterTable;
  }
}

/** As it stands in the row; amounts are micro-yuan in decimal digits. */
export interface InvoiceLine {
  text: LocalizedText;
  amount: string;
  product: string | null;
  period_start: string;
  period_end: string;
  /** How many charges it sums up; they name it by its place. */
  charges: number;
}

export interface InvoiceTable {
  id: string;
  brand: string;
  series: string;
  sequence: bigint;
  number: Generated<string>;
  customer_id: string;
  kind: 'order' | 'month';
  order_id: string | null;
  order_number: string | null;
  month: string | null;
  lines: ColumnType<InvoiceLine[], string, never>;
  amount_micro: bigint;
  tax_micro: bigint;
  cash_micro: bigint;
  gift_micro: bigint;
  period_start: Date;
  period_end: Date;
  seller: string;
  issued_at: Date;
}

export interface CreditNoteTable {
  id: string;
  brand: string;
  series: string;
  sequence: bigint;
  number: Generated<string>;
  invoice_id: string;
  customer_id: string;
  source: string;
  source_id: string;
  reason: string;
  clause: ColumnType<CitedClause | null, string | null, never>;
  amount_micro: bigint;
  tax_micro: bigint;
  cash_micro: bigint;
  seller: string;
  issued_at: Date;
}

export interface CitedClause {
  clause: string;
  version: string;
  sha256: string;
}

export interface ChargeTable {
  id: string;
  brand: string;
  customer_id: string;
  product: string;
  text: ColumnType<LocalizedText, string, never>;
  amount_micro: bigint;
  tax_micro: bigint;
  cash_micro: bigint;
  gift_micro: bigint;
  period_start: Date;
  period_end: Date;
  explain: ColumnType<Explanation, string, never>;
  month: string;
  close_at: Date;
  invoice_id: string | null;
  line: number | null;
  created_at: Date;
}

/** Owed when it was charged, paid since. */
export interface SettlementTable {
  id: string;
  /** A charge of a month, or an order's invoice. */
  charge_id: string | null;
  invoice_id: string | null;
  cash_micro: bigint;
  at: Date;
}

/** Where a charge comes from, for the room below that made it. */
export interface Explanation {
  kind: string;
  id: string;
}

export interface SellerTable {
  sha256: string;
  brand: string;
  facts: ColumnType<Seller, string, never>;
}

/** The brand as papers name it. */
export interface Seller {
  brand: LocalizedText;
  tagline: LocalizedText;
  colour: string;
  zone: string;
  legal: {
    name: LocalizedText;
    tax_number: string;
    address: LocalizedText;
    phone: string;
  } | null;
}

export interface CounterTable {
  brand: string;
  series: string;
  last: bigint;
}

import type { ColumnType, Generated } from 'kysely';
import type { LocalizedText } from '#kernel/text.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    documents_contract: ContractTable;
  }
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

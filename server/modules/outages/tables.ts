import type { Generated } from 'kysely';
import type { LocalizedText } from '#kernel/text.ts';
import type { Cause } from './judge.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    outages_outage: OutageTable;
    outages_entry: EntryTable;
    outages_affected: AffectedTable;
    outages_consequence: ConsequenceTable;
    outages_end_right: EndRightTable;
    outages_month_due: MonthDueTable;
    outages_month: MonthTable;
    outages_proof: ProofTable;
    outages_told: ToldTable;
  }
}

export interface OutageTable {
  id: string;
  brand: string;
  opened_at: Date;
  /** The number of the newest entry. */
  entry: number;
  settled_entry: Generated<number | null>;
  settled_at: Generated<Date | null>;
  settled_by: Generated<string | null>;
  look_at: Generated<Date | null>;
}

export interface EntryTable {
  outage_id: string;
  number: number;
  at: Date;
  /** Null: what measured it. */
  staff_id: string | null;
  /** LocalizedText. */
  title: unknown;
  cause: Cause;
  from_at: Date;
  until_at: Date | null;
  nodes: string[];
  services: string[];
  products: string[];
  note: string;
}

export type SubjectKind = 'service' | 'package';

export interface AffectedTable {
  outage_id: string;
  number: number;
  subject_id: string;
  kind: SubjectKind;
  customer_id: string;
  acceptance_id: string;
  /** Null in entries from before this was kept. */
  product: string | null;
  label: string;
  from_at: Date;
  until_at: Date | null;
}

export type ConsequenceKind = 'extension' | 'by-month' | 'excluded' | 'left' | 'nothing';

export interface ConsequenceTable {
  outage_id: string;
  number: number;
  subject_id: string;
  brand: string;
  customer_id: string;
  kind: ConsequenceKind;
  clause_id: string | null;
  clause_version: string | null;
  clause_hash: string | null;
  down_ms: bigint;
  extended_ms: bigint;
  notice_id: string | null;
  at: Date;
}

export interface EndRightTable {
  outage_id: string;
  subject_id: string;
  brand: string;
  customer_id: string;
  since: Date;
  clause_id: string;
  notice_id: string;
  at: Date;
  used_at: Generated<Date | null>;
  refunded_micro: Generated<bigint | null>;
}

export interface MonthDueTable {
  subject_id: string;
  brand: string;
  month: string;
  due_at: Date;
}

export interface MonthTable {
  subject_id: string;
  month: string;
  number: number;
  brand: string;
  customer_id: string;
  clause_id: string;
  clause_version: string;
  clause_hash: string;
  served_ms: bigint;
  down_ms: bigint;
  back_percent: number;
  fee_micro: bigint;
  paid_micro: bigint;
  transaction_id: string | null;
  notice_id: string | null;
  at: Date;
}

export interface ProofTable {
  id: string;
  outage_id: string;
  statement: LocalizedText | string;
  media_type: 'image/png' | 'image/jpeg' | 'application/pdf';
  sha256: string;
  content: Buffer;
  staff_id: string;
  at: Date;
}

export interface ToldTable {
  outage_id: string;
  customer_id: string;
  what: 'force-majeure' | 'over';
  proof_id: string | null;
  notice_id: string;
  at: Date;
}

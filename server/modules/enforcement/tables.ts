import type { Generated } from 'kysely';
import type { Measure } from '#modules/terms/index.ts';
import type { Origin } from './rules.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    enforcement_report: ReportTable;
    enforcement_case: CaseTable;
    enforcement_evidence: EvidenceTable;
    enforcement_measure: MeasureTable;
    enforcement_inquiry: InquiryTable;
    enforcement_appeal: AppealTable;
  }
}

export interface ReportTable {
  id: string;
  brand: string;
  about: string;
  category: string;
  text: string;
  reporter: Buffer;
  at: Date;
  state: 'new' | 'taken' | 'dismissed';
  case_id: string | null;
  handled_by: string | null;
  handled_at: Date | null;
}

export interface CaseTable {
  id: string;
  brand: string;
  customer_id: string;
  service_id: string | null;
  acceptance_id: string;
  origin: Origin;
  category: string;
  clause_id: string;
  clause_version: string;
  clause_hash: string;
  summary: string;
  state: 'open' | 'breach' | 'no-breach';
  opened_at: Date;
  opened_by: string | null;
  decision: string | null;
  decided_by: string | null;
  decided_at: Date | null;
}

export interface EvidenceTable {
  id: string;
  case_id: string;
  kind: 'measurement' | 'report' | 'note' | 'paper' | 'answer';
  text: string | null;
  facts: Generated<unknown>;
  by_staff: string | null;
  at: Date;
}

export interface MeasureTable {
  id: string;
  brand: string;
  case_id: string | null;
  customer_id: string;
  service_id: string | null;
  measure: Measure;
  details: Generated<unknown>;
  clause_id: string;
  clause_version: string;
  clause_hash: string;
  reason: string;
  state: 'asked' | 'refused' | 'standing' | 'reversed' | 'final';
  asked_by: string | null;
  asked_at: Date;
  placed_at: Date | null;
  ref_id: string | null;
  until: Date | null;
  reversed_at: Date | null;
  reversal_reason: string | null;
  notices: Generated<string[]>;
}

export interface InquiryTable {
  id: string;
  brand: string;
  case_id: string;
  customer_id: string;
  question: string;
  asked_by: string;
  asked_at: Date;
  answer_until: Date;
  answer: string | null;
  answered_at: Date | null;
  lapsed_at: Date | null;
  notices: Generated<string[]>;
}

export interface AppealTable {
  id: string;
  brand: string;
  case_id: string;
  customer_id: string;
  text: string;
  at: Date;
  state: 'waiting' | 'granted' | 'refused';
  decided_by: string | null;
  decided_at: Date | null;
  decision: string | null;
}

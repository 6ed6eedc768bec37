import type { FilingKind, FilingState, GateAct } from './rules.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    gates_restriction: RestrictionTable;
    gates_filing: FilingTable;
  }
}

export interface RestrictionTable {
  id: string;
  brand: string;
  customer_id: string;
  acts: GateAct[];
  clause_brand: string;
  clause_id: string;
  clause_version: string;
  clause_hash: string;
  reason: string;
  case_id: string | null;
  placed_at: Date;
  placed_by: string;
  lifted_at: Date | null;
  lifted_by: string | null;
  lift_reason: string | null;
}

export interface FilingTable {
  id: string;
  brand: string;
  customer_id: string;
  kind: FilingKind;
  number: string;
  domain: string;
  subject: string;
  valid_until: string | null;
  state: FilingState;
  entered_at: Date;
  decided_at: Date | null;
  decided_by: string | null;
  decision_reason: string | null;
  revoked_by: string | null;
  revoked_reason: string | null;
  due_at: Date | null;
  warned_at: Date | null;
  ended_at: Date | null;
}

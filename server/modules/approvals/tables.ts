import type { StaffArea } from '#kernel/grant.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    approvals_request: ApprovalTable;
  }
}

export type ApprovalState = 'waiting' | 'granted' | 'refused' | 'expired';

export interface ApprovalTable {
  id: string;
  brand: string;
  act: string;
  area: StaffArea;
  subject_kind: string;
  subject_id: string;
  customer_id: string | null;
  payload: unknown;
  reason: string;
  requested_by: string;
  requested_at: Date;
  expires_at: Date;
  state: ApprovalState;
  decided_by: string | null;
  decided_at: Date | null;
  decision_reason: string | null;
}

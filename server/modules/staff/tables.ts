import type { ColumnType } from 'kysely';
import type { Does } from '#kernel/grant.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    identity_staff: StaffTable;
    staff_role: RoleTable;
    staff_holding: HoldingTable;
    staff_proof: ProofTable;
    staff_factor_reset: FactorResetTable;
    staff_visit: VisitTable;
  }
}

export interface StaffTable {
  id: string;
  email: string;
  email_normal: string;
  name: string;
  password_hash: string;
  /** Somebody else made it and saw it: until then it opens the way to one of their own. */
  password_given_until: ColumnType<Date | null, Date | null | undefined, Date | null>;
  created_at: Date;
  ended_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  erased_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

export interface RoleTable {
  id: string;
  name: string;
  areas: ColumnType<Partial<Record<string, Does>>, string, string>;
  made_by: string;
  made_at: Date;
  ended_at: Date | null;
}

/** `role`: the name of a built-in one or the id of a `staff_role`; `brand`: null on all. */
export interface HoldingTable {
  staff_id: string;
  role: string;
  brand: string | null;
  granted_by: string | null;
  granted_at: Date;
}

/** Sessions whose second factor was shown, and when last. */
export interface ProofTable {
  session_id: string;
  staff_id: string;
  at: Date;
}

export interface FactorResetTable {
  id: string;
  staff_id: string;
  asked_by: string;
  reason: string;
  asked_at: Date;
  expires_at: Date;
  state: 'waiting' | 'done' | 'refused' | 'lapsed';
  decided_by: string | null;
  decided_at: Date | null;
}

export interface VisitTable {
  id: string;
  brand: string;
  staff_id: string;
  staff_session_id: string;
  session_id: string;
  customer_id: string;
  reason: string;
  writes: boolean;
  opened_at: Date;
  expires_at: Date;
  ended_at: Date | null;
}

import type { ColumnType } from 'kysely';
import type { CheckKind, Kind } from './rules.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    identity_real_name_check: CheckTable;
    verification_identity: IdentityTable;
    verification_review: ReviewTable;
    verification_review_file: ReviewFileTable;
    verification_consent: ConsentTable;
    verification_demand: DemandTable;
  }
}

/** One attempt, and only what came of it. */
export interface CheckTable {
  id: string;
  brand: string;
  customer_id: string;
  kind: CheckKind;
  at: Date;
  method: string;
  state: 'asked' | 'done' | 'unavailable';
  result: 'pass' | 'fail' | null;
  fee_micro: ColumnType<bigint, bigint | undefined, bigint>;
  fee_transaction: ColumnType<string | null, string | null | undefined, string | null>;
  give_up_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
}

export interface IdentityTable {
  id: string;
  brand: string;
  customer_id: string;
  kind: Kind;
  method: string;
  blind: string;
  found_at: Date;
  /** When it was checked last. */
  confirmed_at: Date;
  /** When a minor comes of age; null for who is, or whose number doesn't tell. */
  of_age_at: Date | null;
  ended_at: Date | null;
  end_reason: 'renewed' | 'revoked' | 'overdue' | null;
}

export interface ReviewTable {
  id: string;
  brand: string;
  customer_id: string;
  kind: Kind;
  cause: 'documents' | 'identity-used';
  method: string;
  blind: string;
  minor: boolean | null;
  /** When a minor whose number told it comes of age; forgotten with the decision. */
  of_age_at: Date | null;
  sealed: Buffer | null;
  state: 'waiting' | 'passed' | 'failed' | 'withdrawn';
  entered_at: Date;
  first_by: string | null;
  first_at: Date | null;
  first_pass: boolean | null;
  first_minor: boolean | null;
  first_reason: string | null;
  decided_by: string | null;
  decided_at: Date | null;
  reason: string | null;
}

export interface ReviewFileTable {
  id: string;
  review_id: string;
  position: number;
  media_type: string;
  size_bytes: number;
  sealed: Buffer;
}

export type Relation = 'parent' | 'guardian';

export interface ConsentTable {
  id: string;
  brand: string;
  customer_id: string;
  number: string;
  relation: Relation;
  method: string;
  terms_version: string;
  state: 'asked' | 'confirmed' | 'signed' | 'lapsed' | 'withdrawn';
  sealed: Buffer | null;
  contact_id: string;
  phone_shown: string;
  asked_at: Date;
  expires_at: Date;
  confirmed_at: Date | null;
  signed_at: Date | null;
  paper_sealed: Buffer | null;
  sha256: string | null;
  certificate: string | null;
  ended_at: Date | null;
  end_reason: string | null;
}

export interface DemandTable {
  id: string;
  brand: string;
  customer_id: string;
  clause_id: string;
  clause_version: string;
  clause_hash: string;
  reason: string;
  asked_by: string;
  asked_at: Date;
  due_at: Date;
  state: 'open' | 'met' | 'lapsed' | 'dropped';
  ended_at: Date | null;
  notices: string[];
}

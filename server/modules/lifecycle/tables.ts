import type { Generated } from 'kysely';
import type { EndedBy, State } from './rules.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    lifecycle_service: ServiceTable;
    lifecycle_reminder: ReminderTable;
    lifecycle_ending: EndingTable;
    lifecycle_hold: HoldTable;
    lifecycle_end: EndTable;
    lifecycle_proposal: ProposalTable;
    lifecycle_certificate: CertificateTable;
  }
}

export interface ServiceTable {
  id: string;
  brand: string;
  customer_id: string;
  acceptance_id: string;
  product: string;
  plan: string;
  region: string;
  /** What was added to the plan's limits. */
  options: Generated<unknown>;
  label: string;
  renewal_price_micro: bigint;
  state: State;
  anchor_day: number;
  period_start: Date;
  period_end: Date;
  remind_at: Date | null;
  suspended_at: Date | null;
  delete_at: Date | null;
  deleted_at: Date | null;
  created_at: Date;
  auto_renew_months: Generated<number | null>;
  renew_at: Generated<Date | null>;
  /** How many holds stand. */
  holds: Generated<number>;
  ended_at: Generated<Date | null>;
  /** While its data is kept: until when the machine runs for copying it out. */
  read_out_until: Generated<Date | null>;
}

export interface ReminderTable {
  service_id: string;
  period_end: Date;
  days_before: number;
  at: Date;
  notice_id: string | null;
}

/** What the operator has announced to end. */
export interface EndingTable {
  service_id: string;
  end_at: Date;
  reason: string;
  announced_at: Date;
  notice_id: string | null;
  done_at: Date | null;
}

export type HoldCause = 'case' | 'arrears' | 'authority';

export interface HoldTable {
  id: string;
  brand: string;
  service_id: string;
  cause: HoldCause;
  ref_id: string;
  clause_id: string;
  clause_version: string;
  clause_hash: string;
  reason: string;
  placed_at: Date;
  released_at: Date | null;
}

/** How a service came to its end, and on what its data goes. */
export interface EndTable {
  service_id: string;
  brand: string;
  by: EndedBy;
  clause_id: string;
  clause_version: string;
  clause_hash: string;
  reason: string | null;
  refunded_micro: Generated<bigint>;
  ended_at: Date;
  erase_at: Date;
  erase_clause_id: string;
  erase_clause_version: string;
  erase_clause_hash: string;
  notices: string[];
}

/** An end that staff propose and the customer accepts. */
export interface ProposalTable {
  id: string;
  brand: string;
  service_id: string;
  refund_micro: bigint;
  reason: string;
  proposed_by: string;
  proposed_at: Date;
  expires_at: Date;
  state: 'waiting' | 'accepted' | 'declined' | 'withdrawn' | 'lapsed';
  decided_at: Date | null;
  notice_id: string | null;
}

export interface CertificateTable {
  id: string;
  brand: string;
  service_id: string;
  customer_id: string;
  number: string;
  facts: unknown;
  issued_at: Date;
}

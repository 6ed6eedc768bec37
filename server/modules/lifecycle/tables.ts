import type { Generated } from 'kysely';
import type { EndedBy, State } from './rules.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    lifecycle_service: ServiceTable;
    lifecycle_reminder: ReminderTable;
    lifecycle_hold: HoldTable;
    lifecycle_end: EndTable;
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
  /** Its renewals by itself: paid from the balance, or by a bill that is paid later. */
  renew_by: Generated<'balance' | 'bill'>;
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
  /** When its machine was started once more for copying the data out. */
  read_out_at: Generated<Date | null>;
}

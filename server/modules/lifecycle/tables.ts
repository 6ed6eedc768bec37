import type { Generated } from 'kysely';
import type { State } from './rules.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    lifecycle_service: ServiceTable;
    lifecycle_reminder: ReminderTable;
    lifecycle_ending: EndingTable;
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

import type { Generated } from 'kysely';
import type { BillState } from './rules.ts';

/** Named after the room that they were made in (decision 0024). */
declare module '#kernel/db.ts' {
  interface Tables {
    arrears_credit: CreditTable;
    arrears_bill: BillTable;
  }
}

export interface CreditTable {
  customer_id: string;
  brand: string;
  limit_micro: bigint;
  reason: string;
  granted_by: string;
  granted_at: Date;
  withdrawn_at: Date | null;
}

export interface BillTable {
  id: string;
  brand: string;
  customer_id: string;
  service_id: string;
  acceptance_id: string;
  order_id: string;
  number: string;
  amount_micro: bigint;
  gift_micro: bigint;
  period_start: Date;
  period_end: Date;
  issued_at: Date;
  due_at: Date;
  state: BillState;
  remind_at: Date | null;
  reminded: Generated<number[]>;
  notices: string[];
  overdue_at: Date | null;
  end_at: Date | null;
  ended_at: Date | null;
  closed_at: Date | null;
}

import type { Selectable } from 'kysely';

declare module '#kernel/db.ts' {
  interface Tables {
    metering_budget: BudgetTable;
    metering_alert: AlertTable;
    metering_stop: StopTable;
  }
}

export type Budget = Selectable<BudgetTable>;

export interface BudgetTable {
  id: string;
  brand: string;
  customer_id: string;
  product: string | null;
  name: string;
  amount_micro: bigint;
  percents: number[];
  stop: boolean;
  created_at: Date;
  check_at: Date | null;
  deleted_at: Date | null;
}

export interface AlertTable {
  budget_id: string;
  month: string;
  percent: number;
  spent_micro: bigint;
  at: Date;
  notice_id: string | null;
}

export interface StopTable {
  id: string;
  brand: string;
  customer_id: string;
  budget_id: string;
  product: string | null;
  month: string;
  began_at: Date;
  lifted_at: Date | null;
}

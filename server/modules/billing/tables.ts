import type { Generated } from 'kysely';

declare module '#kernel/db.ts' {
  interface Tables {
    billing_order: OrderTable;
    billing_accrual: AccrualTable;
  }
}

export interface OrderTable {
  id: string;
  brand: string;
  number: string;
  customer_id: string;
  kind: 'new' | 'renewal';
  service_id: string;
  product: string;
  plan: string;
  region: string;
  months: number;
  amount_micro: bigint;
  catalogue_version_id: string;
  period_start: Date;
  period_end: Date;
  state: 'paid' | 'refunded';
  created_at: Date;
  refunded_at: Date | null;
}

export interface AccrualTable {
  order_id: string;
  brand: string;
  product: string;
  starts_at: Date;
  ends_at: Date;
  amount_micro: bigint;
  earned_micro: Generated<bigint>;
  due_at: Date | null;
}

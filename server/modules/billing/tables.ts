import type { Generated } from 'kysely';

declare module '#kernel/db.ts' {
  interface Tables {
    billing_order: OrderTable;
    billing_accrual: AccrualTable;
    billing_refund: RefundTable;
    billing_rate: RateTable;
  }
}

/**
 * `new` and `renewal` pay for months of a service, `extension` for the time that a smaller plan's rest was turned
 * into; `change` pays the difference to a larger plan for what is left of those.
 */
export type OrderKind = 'new' | 'renewal' | 'change' | 'extension';

export interface OrderTable {
  id: string;
  brand: string;
  number: string;
  customer_id: string;
  kind: OrderKind;
  service_id: string;
  product: string;
  plan: string;
  region: string;
  months: number;
  options: unknown;
  lines: unknown;
  amount_micro: bigint;
  tax_micro: Generated<bigint>;
  /** Of the amount; the rest was paid in cash, or is owed by a bill. */
  gift_micro: Generated<bigint>;
  refunded_micro: Generated<bigint>;
  redemption_id: string | null;
  catalogue_version_id: string;
  period_start: Date;
  period_end: Date;
  /** `refunded`: all of it went back, since it could not be delivered. */
  state: 'paid' | 'refunded';
  created_at: Date;
  refunded_at: Date | null;
}

/** In net amounts: what tax the amount contained is owed from the first moment. */
export interface AccrualTable {
  order_id: string;
  brand: string;
  product: string;
  starts_at: Date;
  ends_at: Date;
  /** With base_micro. */
  amount_micro: bigint;
  /** Earned at starts_at; the rest runs from there. */
  base_micro: Generated<bigint>;
  /** Posted so far. */
  earned_micro: Generated<bigint>;
  /** Paid with what runs from starts_at. */
  tax_micro: Generated<bigint>;
  due_at: Date | null;
}

export interface RefundTable {
  id: string;
  brand: string;
  order_id: string;
  cause: string;
  amount_micro: bigint;
  tax_micro: bigint;
  gift_micro: bigint;
  lapsed_micro: bigint;
  /** Owed and given up, so that nobody had paid it. */
  excused_micro: Generated<bigint>;
  reason: string;
  at: Date;
}

export interface RateTable {
  order_id: string;
  selection: string;
  amount_micro: bigint;
}

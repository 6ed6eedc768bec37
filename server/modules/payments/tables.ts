import type { Generated } from 'kysely';
import type { Channel, PayWay } from './driver.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    payments_payment: PaymentTable;
    payments_held: HeldTable;
    payments_refund: RefundTable;
  }
}

/** By gateway, or to our bank account. */
export type PayChannel = Channel | 'bank-transfer';
export type PaymentState = 'pending' | 'paid' | 'closed' | 'held' | 'returned';

export interface PaymentTable {
  id: string;
  brand: string;
  customer_id: string;
  channel: PayChannel;
  way: PayWay | 'transfer';
  /** Our number of it; for a bank transfer the reference that the payer writes in the memo. */
  out_trade_no: string;
  /** The channel's, or the bank's reference. */
  trade_no: string | null;
  amount_micro: bigint;
  paid_micro: bigint | null;
  refunded_micro: Generated<bigint>;
  state: PaymentState;
  held_reason: string | null;
  closed_reason: string | null;
  presentation: unknown;
  created_at: Date;
  expires_at: Date;
  query_at: Date | null;
  queries: Generated<number>;
  /** When it was credited here. */
  paid_at: Date | null;
  /** When it was paid, as the channel says. */
  settled_at: Date | null;
}

export type HeldKind = 'differs' | 'orphan' | 'foreign-refund';

export interface HeldTable {
  id: string;
  brand: string;
  channel: Channel;
  kind: HeldKind;
  number: string;
  out_trade_no: string;
  trade_no: string | null;
  payment_id: string | null;
  customer_id: string | null;
  reason: string;
  facts: unknown;
  booked_micro: bigint;
  refund_micro: bigint | null;
  state: 'open' | 'credited' | 'returning' | 'returned' | 'booked' | 'dismissed';
  created_at: Date;
  decided_at: Date | null;
  decided_by: string | null;
  decision_reason: string | null;
}

export type RefundSource = 'customer_cash' | 'customer_frozen' | 'withdrawal_transit' | 'payment_held';
export type RefundState = 'requested' | 'unknown' | 'processing' | 'done' | 'failed';

export interface RefundTable {
  id: string;
  brand: string;
  channel: Channel;
  out_trade_no: string;
  out_refund_no: string;
  payment_id: string | null;
  held_id: string | null;
  customer_id: string | null;
  taken_from: RefundSource;
  amount_micro: bigint;
  total_micro: bigint;
  reason: string;
  state: RefundState;
  detail: string | null;
  channel_refund_no: string | null;
  asked: Generated<number>;
  ask_at: Date | null;
  created_at: Date;
  /** By the channel's clock. */
  refunded_at: Date | null;
  ended_at: Date | null;
}

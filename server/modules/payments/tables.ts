import type { Generated } from 'kysely';
import type { Channel } from './driver.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    payments_payment: PaymentTable;
  }
}

export type PaymentState = 'pending' | 'paid' | 'closed' | 'held';

export interface PaymentTable {
  id: string;
  brand: string;
  customer_id: string;
  channel: Channel;
  out_trade_no: string;
  trade_no: string | null;
  amount_micro: bigint;
  state: PaymentState;
  held_reason: string | null;
  created_at: Date;
  expires_at: Date;
  query_at: Date | null;
  queries: Generated<number>;
  paid_at: Date | null;
}

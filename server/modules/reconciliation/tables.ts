import type { Generated } from 'kysely';

declare module '#kernel/db.ts' {
  interface Tables {
    reconciliation_cursor: CursorTable;
    reconciliation_day: DayTable;
    reconciliation_finding: FindingTable;
  }
}

export type BillChannel = 'alipay' | 'wechatpay';

export interface CursorTable {
  brand: string;
  channel: BillChannel;
  /** The next natural day to compare, and from when its bill can be had. */
  next_day: string;
  due_at: Date;
}

export interface DayTable {
  id: string;
  brand: string;
  channel: BillChannel;
  day: string;
  state: 'waiting' | 'compared';
  ask_at: Date | null;
  asked: Generated<number>;
  last_error: string | null;
  compared_at: Date | null;
  trades: Generated<number>;
  matched: Generated<number>;
  paid_micro: Generated<bigint>;
  refunded_micro: Generated<bigint>;
  fee_micro: Generated<bigint>;
  fee_posted_micro: Generated<bigint>;
  created_at: Date;
}

export type FindingKind =
  | 'not-ours'
  | 'uncredited'
  | 'missing-there'
  | 'amount-differs'
  | 'fee-high'
  | 'refund-not-ours'
  | 'refund-unsettled'
  | 'refund-missing-there'
  | 'refund-differs';

export interface FindingTable {
  id: string;
  day_id: string;
  kind: FindingKind;
  number: string;
  /** The payment or the refund, where there is one. */
  subject_id: string | null;
  ours_micro: bigint | null;
  theirs_micro: bigint | null;
  detail: string | null;
  state: 'open' | 'resolved' | 'explained';
  found_at: Date;
  ended_at: Date | null;
  ended_by: string | null;
  explanation: string | null;
}

import type { Generated } from 'kysely';

declare module '#kernel/db.ts' {
  interface Tables {
    ledger_account: AccountTable;
    ledger_transaction: TransactionTable;
    ledger_entry: EntryTable;
    ledger_day: DayTable;
    ledger_horizon: HorizonTable;
    ledger_root: RootTable;
    ledger_chunk: ChunkTable;
    ledger_publication: PublicationTable;
  }
}

/** What each is of (its owner) and which way it leans stands in migration 0006 and the room's README. */
export type AccountKind =
  | 'customer_cash'
  | 'customer_gift'
  | 'customer_frozen'
  | 'receivable'
  | 'deferred_revenue'
  | 'revenue'
  | 'channel_clearing'
  | 'channel_fee'
  | 'payment_held'
  | 'withdrawal_transit'
  | 'late_fee'
  | 'tax'
  | 'promotion'
  | 'written_off'
  | 'compensation';

export interface AccountTable {
  id: string;
  brand: string;
  kind: AccountKind;
  owner: string;
  /** Whose it is, where it is a customer's. */
  customer: string | null;
  balance_micro: Generated<bigint>;
  floor_micro: bigint | null;
}

export interface TransactionTable {
  id: string;
  brand: string;
  kind: string;
  source: string;
  source_id: string;
  at: Date;
  reverses: string | null;
  memo: unknown;
}

export interface EntryTable {
  id: Generated<bigint>;
  transaction_id: string;
  account_id: string;
  amount_micro: bigint;
  /** Of the account, right after this entry. */
  balance_micro: bigint;
}

export interface DayTable {
  brand: string;
  day: string;
  ends_at: Date;
  closed_at: Date;
}

export interface HorizonTable {
  brand: string;
  day: string;
  xid: string;
}

export interface RootTable {
  brand: string;
  day: string;
  entries: bigint;
  merkle_root: Buffer;
  previous: Buffer;
  root: Buffer;
  sealed_at: Date;
}

export interface ChunkTable {
  brand: string;
  day: string;
  number: number;
  first_entry: bigint;
  last_entry: bigint;
  root: Buffer;
  /** bigint[]: decimal texts. */
  entry_ids: string[];
  /** 32 bytes each, one after another. */
  leaves: Buffer;
}

export interface PublicationTable {
  brand: string;
  day: string;
  published_at: Date;
  staff_id: string;
}

import type { Generated } from 'kysely';

declare module '#kernel/db.ts' {
  interface Tables {
    ledger_account: AccountTable;
    ledger_transaction: TransactionTable;
    ledger_entry: EntryTable;
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
  | 'written_off';

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

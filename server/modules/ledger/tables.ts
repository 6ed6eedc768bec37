import type { Generated } from 'kysely';

declare module '#kernel/db.ts' {
  interface Tables {
    ledger_account: AccountTable;
    ledger_transaction: TransactionTable;
    ledger_entry: EntryTable;
  }
}

export type AccountKind =
  | 'customer_cash'
  | 'deferred_revenue'
  | 'revenue'
  | 'channel_clearing'
  | 'payment_held';

export interface AccountTable {
  id: string;
  brand: string;
  kind: AccountKind;
  owner: string;
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
}

declare module '#kernel/db.ts' {
  interface Tables {
    funds_freeze: FreezeTable;
    funds_bank_account: BankAccountTable;
    funds_withdrawal: WithdrawalTable;
    funds_withdrawal_part: WithdrawalPartTable;
  }
}

export type FreezeState = 'frozen' | 'appealed' | 'held' | 'lifted' | 'returned';

export interface FreezeTable {
  id: string;
  brand: string;
  customer_id: string;
  acceptance_id: string;
  amount_micro: bigint;
  scope: 'part' | 'whole';
  reason_clause: string;
  explanation: string;
  state: FreezeState;
  placed_by: string;
  placed_at: Date;
  appeal_until: Date;
  appeal: string | null;
  appealed_at: Date | null;
  outcome_reason: string | null;
  decided_at: Date | null;
}

export interface BankAccountTable {
  id: string;
  brand: string;
  customer_id: string;
  holder_sealed: Buffer;
  bank: string;
  number_sealed: Buffer;
  number_end: string;
  state: 'waiting' | 'verified' | 'refused' | 'removed';
  added_at: Date;
  decided_by: string | null;
  decided_at: Date | null;
  decision_reason: string | null;
}

export type WithdrawalState = 'requested' | 'approving' | 'sending' | 'settled' | 'refused' | 'cancelled';

export interface WithdrawalTable {
  id: string;
  brand: string;
  number: string;
  customer_id: string;
  amount_micro: bigint;
  freeze_id: string | null;
  state: WithdrawalState;
  requested_at: Date;
  decided_by: string | null;
  decided_at: Date | null;
  decision_reason: string | null;
  settled_at: Date | null;
}

export interface WithdrawalPartTable {
  id: string;
  withdrawal_id: string;
  amount_micro: bigint;
  payment_id: string | null;
  bank_account_id: string | null;
  state: 'planned' | 'sending' | 'paid' | 'failed';
  bank_reference: string | null;
  failure: string | null;
  ended_at: Date | null;
}

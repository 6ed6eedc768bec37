import type { Generated } from 'kysely';

declare module '#kernel/db.ts' {
  interface Tables {
    debts_debt: DebtTable;
  }
}

export interface DebtTable {
  id: string;
  brand: string;
  customer_id: string;
  acceptance_id: string;
  product: string;
  source: string;
  source_id: string;
  amount_micro: bigint;
  paid_micro: Generated<bigint>;
  fee_ppm: number;
  fee_micro: Generated<bigint>;
  fee_paid_micro: Generated<bigint>;
  fee_rest_ppm: Generated<bigint>;
  written_off_micro: Generated<bigint>;
  opened_at: Date;
  /** From when on incoming money is used for it, where that isn't at once. */
  settle_from: Generated<Date | null>;
  fee_due_at: Date | null;
  closed_at: Date | null;
}

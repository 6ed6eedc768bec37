import type { Generated } from 'kysely';

declare module '#kernel/db.ts' {
  interface Tables {
    liability_claim: ClaimTable;
  }
}

export type ClaimState = 'open' | 'approving' | 'granted' | 'refused';

export interface ClaimTable {
  id: string;
  brand: string;
  customer_id: string;
  acceptance_id: string;
  service_id: string | null;
  product: string | null;
  order_id: string | null;
  by_staff: boolean;
  amount_micro: bigint;
  grounds: string;
  at: Date;
  basis: string;
  clause_id: string;
  clause_version: string;
  clause_hash: string;
  cap_micro: bigint;
  spent_micro: bigint;
  /** FeeLine[], amounts as decimal strings. */
  lines: unknown;
  state: ClaimState;
  granted_micro: Generated<bigint | null>;
  decided_by: Generated<string | null>;
  decided_at: Generated<Date | null>;
  decision_reason: Generated<string | null>;
  refusal_clause: Generated<string | null>;
  transaction_id: Generated<string | null>;
  notice_id: Generated<string | null>;
}

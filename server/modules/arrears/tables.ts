import type { ColumnType, Generated } from 'kysely';
import type { AccountState } from './rules.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    arrears_account: AccountTable;
    arrears_consumption: ConsumptionTable;
    arrears_freeze: FreezeTable;
    arrears_erasure: ErasureTable;
    arrears_certificate: CertificateTable;
  }
}

export interface AccountTable {
  customer_id: string;
  brand: string;
  state: Generated<AccountState>;
  check_at: Date | null;
  checked_at: Generated<Date | null>;
  /** How long news of usage may wait. */
  pace_seconds: Generated<number>;
  warned_at: Generated<Date | null>;
  warning_id: Generated<string | null>;
  term_from: Generated<Date | null>;
  term_micro: Generated<bigint | null>;
}

export interface ConsumptionTable {
  customer_id: string;
  day: string;
  amount_micro: bigint;
}

export interface FreezeTable {
  id: string;
  brand: string;
  customer_id: string;
  acceptance_id: string;
  frozen_at: Date;
  end_at: Date;
  funds_micro: bigint;
  consumption_micro: bigint;
  owed_micro: bigint;
  remind_at: Date | null;
  reminded: Generated<number[]>;
  notices: string[];
  unfrozen_at: Date | null;
  ended_at: Date | null;
  erase_at: Date | null;
  erased_at: Date | null;
}

export interface ErasureTable {
  id: string;
  freeze_id: string;
  product: string;
  name: string;
  closed_at: Date;
  asked_at: Date | null;
  /** The room that holds the data; null where none does. */
  held_by: string | null;
  erased_at: Date | null;
  facts: ColumnType<Record<string, unknown> | null, string | null, string | null>;
}

export interface CertificateTable {
  id: string;
  brand: string;
  freeze_id: string;
  customer_id: string;
  facts: ColumnType<CertificateFacts, string, never>;
  issued_at: Date;
}

/** What a certificate says; instants as ISO 8601. */
export interface CertificateFacts {
  frozen_at: string;
  ended_at: string;
  /** By which the agreement ended, and by which the data goes. */
  end_clause: { clause: string; version: string; sha256: string };
  erase_clause: { clause: string; version: string; sha256: string };
  /** What was told before, by the notices’ ids. */
  notices: string[];
  erased: {
    product: string;
    name: string;
    closed_at: string;
    erased_at: string;
    held_by: string | null;
    facts: Record<string, unknown>;
  }[];
}

import type { ColumnType } from 'kysely';
import type { ProviderKind } from './driver.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    federation_phone_code: PhoneCodeTable;
    federation_binding: BindingTable;
    federation_state_used: StateUsedTable;
  }
}

export interface PhoneCodeTable {
  id: string;
  brand: string;
  digest: string;
  sealed: Buffer;
  /** As it may be shown: 138****8000. */
  shown: string;
  code_hash: Buffer;
  attempts: ColumnType<number, number | undefined, number>;
  sent_at: Date;
  expires_at: Date;
  used_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  /** Who asked, and what its number is like, as keyed fingerprints. */
  network: ColumnType<string | null, string | null | undefined, never>;
  segment: ColumnType<string | null, string | null | undefined, never>;
}

export interface BindingTable {
  id: string;
  brand: string;
  user_id: string;
  provider: ProviderKind;
  subject_digest: string;
  union_digest: string | null;
  nickname: string;
  bound_at: Date;
  used_at: Date | null;
}

export interface StateUsedTable {
  state_hash: Buffer;
  at: Date;
}

import type { ColumnType } from 'kysely';

declare module '#kernel/db.ts' {
  interface Tables {
    factors_recovery: RecoveryTable;
  }
}

export interface RecoveryTable {
  brand: string;
  address_digest: string;
  /** Null where nobody has the address, which looks the same from outside. */
  user_id: string | null;
  code_hash: Buffer;
  attempts: ColumnType<number, number | undefined, number>;
  sent_at: Date;
  expires_at: Date;
}

import type { ColumnType } from 'kysely';

declare module '#kernel/db.ts' {
  interface Tables {
    factors_totp: TotpTable;
    factors_passkey: PasskeyTable;
    factors_recovery_code: RecoveryCodeTable;
    factors_question: QuestionTable;
    factors_challenge: ChallengeTable;
    factors_failure: FailureTable;
  }
}

export interface TotpTable {
  id: string;
  owner_kind: 'user' | 'staff';
  owner_id: string;
  secret_sealed: Buffer;
  created_at: Date;
  confirmed_at: Date | null;
  last_used_at: Date | null;
  last_step: bigint | null;
}

export interface PasskeyTable {
  id: string;
  owner_kind: 'user' | 'staff';
  owner_id: string;
  rp_id: string;
  /** base64url. */
  credential_id: string;
  /** COSE. */
  public_key: Buffer;
  sign_count: bigint;
  transports: string[];
  name: string;
  synced: boolean;
  created_at: Date;
  last_used_at: Date | null;
  refused_at: Date | null;
}

export interface RecoveryCodeTable {
  code_hash: Buffer;
  owner_kind: 'user' | 'staff';
  owner_id: string;
  created_at: Date;
  used_at: Date | null;
}

export interface QuestionTable {
  user_id: string;
  question: string;
  /** argon2id, PHC string. */
  answer_hash: string;
  set_at: Date;
}

export interface ChallengeTable {
  token_hash: Buffer;
  purpose: 'sign-in' | 'passkey-sign-in' | 'passkey-enrol' | 'prove' | 'recovery' | 'holder';
  brand: string;
  owner_kind: 'user' | 'staff' | null;
  owner_id: string | null;
  customer_id: string | null;
  taken_by: string | null;
  passkey_challenge: string | null;
  attempts: ColumnType<number, number | undefined, number>;
  /** Of a code that was mailed for it. */
  code_hash: ColumnType<Buffer | null, Buffer | null | undefined, Buffer | null>;
  created_at: Date;
  expires_at: Date;
}

export interface FailureTable {
  id: string;
  brand: string;
  name: string;
  owner_kind: 'user' | 'staff' | null;
  owner_id: string | null;
  what: 'sign-in' | 'second-factor' | 'recovery' | 'proof';
  closes_at: Date;
  times: ColumnType<number, number | undefined, number>;
  first_at: Date;
  last_at: Date;
  ip: string | null;
}

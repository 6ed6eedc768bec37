import type { ColumnType } from 'kysely';

declare module '#kernel/db.ts' {
  interface Tables {
    identity_customer: CustomerTable;
    identity_user: UserTable;
    identity_member: MemberTable;
    identity_session: SessionTable;
    identity_email_code: EmailCodeTable;
    identity_real_name_check: RealNameCheckTable;
  }
}

export interface CustomerTable {
  id: string;
  brand: string;
  kind: 'person' | 'company';
  minor: boolean;
  real_name_passed_at: Date | null;
  real_name_method: string | null;
  guardian_consent_at: Date | null;
  guardian_consent_reference: string | null;
  created_at: Date;
}

export interface UserTable {
  id: string;
  brand: string;
  email: string;
  email_normal: string;
  email_verified_at: Date | null;
  /** Mail to it was refused for good; null again once it is verified anew. */
  email_invalid_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  password_hash: string;
  locale: 'zh' | 'en';
  created_at: Date;
}

export interface MemberTable {
  customer_id: string;
  user_id: string;
  role: 'owner';
  created_at: Date;
}

export interface SessionTable {
  id: string;
  token_hash: Buffer;
  brand: string;
  user_id: string | null;
  customer_id: string | null;
  staff_id: string | null;
  created_at: Date;
  last_seen_at: Date;
  expires_at: Date;
  ended_at: Date | null;
  ip: string | null;
  user_agent: string | null;
}

export interface EmailCodeTable {
  user_id: string;
  code_hash: Buffer;
  attempts: ColumnType<number, number | undefined, number>;
  sent_at: Date;
  expires_at: Date;
}

export interface RealNameCheckTable {
  id: string;
  customer_id: string;
  at: Date;
  method: string;
  result: 'pass' | 'fail';
}

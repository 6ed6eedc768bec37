import type { ColumnType } from 'kysely';
import type { Does } from '#kernel/grant.ts';
import type { Role } from './rules.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    identity_customer: CustomerTable;
    identity_user: UserTable;
    identity_member: MemberTable;
    identity_session: SessionTable;
    identity_email_code: EmailCodeTable;
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
  /** Its owner asks a second factor of everybody in it. */
  second_factor_required: ColumnType<boolean, boolean | undefined, boolean>;
  created_at: Date;
}

export interface UserTable {
  id: string;
  brand: string;
  /** Null for who is known by a phone alone. */
  email: string | null;
  email_normal: string | null;
  email_verified_at: Date | null;
  /** Mail to it was refused for good; null again once it is verified anew. */
  email_invalid_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  /**
   * A mainland number that signs in, always verified: its keyed fingerprint, as it may be shown, and when it was last
   * seen to be its user's.
   */
  phone_digest: ColumnType<string | null, string | null | undefined, string | null>;
  phone_shown: ColumnType<string | null, string | null | undefined, string | null>;
  phone_verified_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  /** Null for who signs in by other means. */
  password_hash: string | null;
  locale: 'zh' | 'en';
  created_at: Date;
}

export interface MemberTable {
  customer_id: string;
  user_id: string;
  role: Role;
  /** Of a custom role: area → what it may do there. */
  areas: ColumnType<Record<string, Does> | null, string | null | undefined, string | null>;
  /** Of a custom role: the services that it reaches; null for all. */
  services: ColumnType<string[] | null, string[] | null | undefined, string[] | null>;
  given_by: ColumnType<string | null, string | null | undefined, string | null>;
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
  /** After so long without use it opens nothing. */
  idle_seconds: ColumnType<number, number | undefined, never>;
  ended_at: Date | null;
  ip: string | null;
  user_agent: string | null;
  /** How it began: password, passkey …; null for those older than the record of it. */
  opened_by: ColumnType<string | null, string | null | undefined, never>;
  /** When whoever has it last showed a password or a factor. */
  proved_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  /** When it showed a second factor, or a passkey; null when it never did. */
  factor_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  /** Of staff who are logged in as this customer: who. */
  behalf_staff_id: ColumnType<string | null, string | null | undefined, never>;
}

export interface EmailCodeTable {
  user_id: string;
  code_hash: Buffer;
  attempts: ColumnType<number, number | undefined, number>;
  sent_at: Date;
  expires_at: Date;
}

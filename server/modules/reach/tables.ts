import type { ColumnType } from 'kysely';

declare module '#kernel/db.ts' {
  interface Tables {
    identity_contact: ContactTable;
    identity_contact_code: ContactCodeTable;
    reach_responsible: ResponsibleTable;
    reach_profile: ProfileTable;
  }
}

/** What a customer can be reached by beside its mailbox; `sealed` is empty once it is gone. */
export interface ContactTable {
  id: string;
  brand: string;
  customer_id: string;
  user_id: string;
  kind: 'email' | 'phone' | 'qq' | 'wechat';
  sealed: Buffer | null;
  digest: string;
  /** As it may be shown: 138****8000. */
  shown: string;
  /** `lent`: somebody else's, for one code. */
  state: 'asked' | 'current' | 'gone' | 'lent';
  stated_at: Date;
  verified_at: Date | null;
  gone_at: Date | null;
  invalid_at: Date | null;
}

/** Who of a customer is responsible for a product; the phone is gone once another took over. */
export interface ResponsibleTable {
  id: string;
  brand: string;
  customer_id: string;
  product: string;
  user_id: string;
  phone_sealed: Buffer | null;
  phone_shown: string | null;
  named_at: Date;
  named_by: string;
  ended_at: Date | null;
}

export interface ContactCodeTable {
  id: string;
  contact_id: string;
  user_id: string;
  digest: string;
  code_hash: Buffer;
  attempts: ColumnType<number, number | undefined, number>;
  sent_at: Date;
  expires_at: Date;
}

/** What a customer says of itself: all of it optional. */
export interface ProfileTable {
  id: string;
  customer_id: string;
  full_name_sealed: Buffer | null;
  address_sealed: Buffer | null;
  nationality: string | null;
  province: string | null;
  city: string | null;
  time_zone: string | null;
  postcode: string | null;
  fax: string | null;
  homepage: string | null;
  job_title: string | null;
  changed_at: Date;
  changed_by: string;
}

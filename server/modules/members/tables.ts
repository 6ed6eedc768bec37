import type { ColumnType } from 'kysely';
import type { Does } from '#kernel/grant.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    members_invitation: InvitationTable;
  }
}

export interface InvitationTable {
  id: string;
  brand: string;
  customer_id: string;
  /** Null once it is of no use any more. */
  email: string | null;
  email_normal: string | null;
  role: 'admin' | 'billing' | 'technical' | 'support' | 'read-only' | 'custom';
  areas: ColumnType<Record<string, Does> | null, string | null, never>;
  services: string[] | null;
  token_hash: Buffer;
  invited_by: string;
  invited_at: Date;
  expires_at: Date;
  state: 'open' | 'accepted' | 'withdrawn' | 'expired';
  ended_at: ColumnType<Date | null, Date | null | undefined, Date | null>;
  accepted_by: ColumnType<string | null, string | null | undefined, string | null>;
}

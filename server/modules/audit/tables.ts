import type { Generated } from 'kysely';

declare module '#kernel/db.ts' {
  interface Tables {
    audit_event: AuditEventTable;
  }
}

export interface AuditEventTable {
  id: Generated<bigint>;
  at: Date;
  brand: string;
  actor_kind: 'system' | 'visitor' | 'customer' | 'staff';
  actor_id: string | null;
  actor_name: string | null;
  action: string;
  subject_kind: string;
  subject_id: string;
  customer_id: string | null;
  clause_id: string | null;
  clause_version: string | null;
  clause_hash: string | null;
  facts: unknown;
  notices: string[];
  ip: string | null;
  request_id: string | null;
  /** In which the actor was signed in: 亚云 3.1 asks for time, IP and session. Null of what nobody signed in did. */
  session_id: string | null;
}

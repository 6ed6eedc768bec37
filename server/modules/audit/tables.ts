import type { Generated } from 'kysely';

declare module '#kernel/db.ts' {
  interface Tables {
    audit_event: AuditEventTable;
    audit_horizon: HorizonTable;
    audit_block: BlockTable;
    audit_chunk: ChunkTable;
    audit_publication: PublicationTable;
    audit_removal: RemovalTable;
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
  /** The API key by which it was done. */
  key_id: string | null;
  /** Who of the staff did it in the customer's place. */
  behalf_staff_id: string | null;
}

export interface HorizonTable {
  one: Generated<boolean>;
  through_id: bigint;
  xid: string;
  noted_at: Date;
}

export interface BlockTable {
  brand: string;
  number: number;
  through_id: bigint;
  events: bigint;
  ends_at: Date;
  merkle_root: Buffer;
  previous: Buffer;
  root: Buffer;
  sealed_at: Date;
}

export interface ChunkTable {
  brand: string;
  block: number;
  number: number;
  root: Buffer;
  /** bigint[]: decimal texts. */
  event_ids: string[];
  /** 32 bytes each, one after another. */
  leaves: Buffer;
}

export interface PublicationTable {
  brand: string;
  day: string;
  block: number;
  root: Buffer;
  published_at: Date;
  staff_id: string;
}

export interface RemovalTable {
  brand: string;
  block: number;
  removed_at: Date;
}

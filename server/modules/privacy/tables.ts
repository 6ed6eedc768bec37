import type { ColumnType } from 'kysely';

declare module '#kernel/db.ts' {
  interface Tables {
    privacy_request: RequestTable;
    privacy_copy: CopyTable;
    privacy_certificate: CertificateTable;
    privacy_kept: KeptTable;
    privacy_consent: ConsentTable;
    privacy_limit: { user_id: string; since: Date };
  }
}

export type RequestKind = 'copy' | 'correct' | 'delete' | 'restrict' | 'other';
export type RequestState = 'open' | 'done' | 'refused' | 'withdrawn' | 'stopped';

export interface RequestTable {
  id: string;
  brand: string;
  customer_id: string | null;
  user_id: string | null;
  kind: RequestKind;
  text_sealed: Buffer | null;
  contact_sealed: Buffer | null;
  asked_at: Date;
  due_at: Date;
  act_at: Date | null;
  state: RequestState;
  ended_at: Date | null;
  decided_by: string | null;
  answer: string | null;
}

export interface CopyTable {
  id: string;
  request_id: string;
  brand: string;
  customer_id: string;
  user_id: string;
  state: 'making' | 'ready' | 'gone';
  json_sealed: Buffer | null;
  html_sealed: Buffer | null;
  made_at: Date | null;
  expires_at: Date;
}

export interface CertificateTable {
  id: string;
  request_id: string;
  brand: string;
  number: string;
  code_hash: Buffer;
  facts: ColumnType<CertificateFacts, string, never>;
  sha256: string;
  issued_at: Date;
}

/** Counts of rows by table; nothing of the person. */
export interface CertificateFacts {
  asked_at: string;
  erased_at: string;
  erased: { table: string; rows: number }[];
  kept: { table: string; rows: number; law: string; until: string }[];
}

export interface KeptTable {
  id: string;
  brand: string;
  customer_id: string | null;
  user_ids: string[];
  kept: string;
  law: string;
  rows: bigint;
  due_at: Date;
  erased_at: Date | null;
}

export interface ConsentTable {
  user_id: string;
  purpose: 'marketing' | 'analysis';
  given_at: Date;
  withdrawn_at: Date | null;
}

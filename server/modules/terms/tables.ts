import type { Generated } from 'kysely';

declare module '#kernel/db.ts' {
  interface Tables {
    terms_version: TermsVersionTable;
    terms_acceptance: AcceptanceTable;
    terms_revision: RevisionTable;
    terms_signed_file: SignedFileTable;
  }
}

export interface TermsVersionTable {
  id: string;
  brand: string;
  version: string;
  sha256: string;
  document: unknown;
  loaded_at: Date;
}

export interface AcceptanceTable {
  id: string;
  brand: string;
  customer_id: string;
  user_id: string;
  version_id: string;
  sha256: string;
  highlights: string[];
  method: Method;
  at: Date;
  ip: string | null;
  user_agent: string | null;
  /** By use: what was done. As agreed otherwise: the words of the staff. */
  evidence: Generated<Evidence | null>;
  recorded_by: Generated<string | null>;
  file_id: Generated<string | null>;
}

export type Method = 'click' | 'register' | 'purchase' | 'use' | 'signed-paper' | 'other-agreed';
export type Evidence = { act: string; request_id: string | null } | { words: string };

export interface RevisionTable {
  brand: string;
  version: string;
  announced_at: Date;
  effective_at: Date;
  replaces: string | null;
  clause_id: string | null;
  clause_hash: string | null;
  in_force_at: Date | null;
}

export interface SignedFileTable {
  id: string;
  brand: string;
  customer_id: string;
  media_type: 'application/pdf' | 'image/png' | 'image/jpeg';
  sha256: string;
  bytes: Buffer;
  created_at: Date;
}

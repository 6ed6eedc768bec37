declare module '#kernel/db.ts' {
  interface Tables {
    terms_version: TermsVersionTable;
    terms_acceptance: AcceptanceTable;
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
  method: 'click';
  at: Date;
  ip: string | null;
  user_agent: string | null;
}

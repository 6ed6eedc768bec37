declare module '#kernel/db.ts' {
  interface Tables {
    domains_claim: ClaimTable;
  }
}

export type ProofMethod = 'dns' | 'file';

export interface ClaimTable {
  id: string;
  brand: string;
  customer_id: string;
  domain: string;
  token: string;
  state: 'asked' | 'proven' | 'lost' | 'withdrawn';
  method: ProofMethod | null;
  asked_at: Date;
  proven_at: Date | null;
  seen_at: Date | null;
  missing_since: Date | null;
  check_at: Date | null;
  ended_at: Date | null;
  end_reason: 'gone' | 'another' | 'withdrawn' | null;
}

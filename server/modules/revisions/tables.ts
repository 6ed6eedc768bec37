declare module '#kernel/db.ts' {
  interface Tables {
    terms_disagreement: DisagreementTable;
  }
}

export interface DisagreementTable {
  id: string;
  brand: string;
  customer_id: string;
  user_id: string;
  version: string;
  acceptance_id: string;
  clause_id: string;
  clause_version: string;
  clause_hash: string;
  promises: string[];
  at: Date;
  ip: string | null;
  user_agent: string | null;
  end_at: Date;
  state: 'open' | 'withdrawn' | 'done';
  decided_at: Date | null;
  notice_id: string | null;
}

import type { ColumnType, Generated } from 'kysely';

declare module '#kernel/db.ts' {
  interface Tables {
    pushes_push: PushTable;
  }
}

export type PushState = 'open' | 'accepted' | 'declined' | 'withdrawn' | 'lapsed';

/** What passed, as it was at that moment: without anything of a person. */
export interface Passed {
  label: string;
  product: string;
  plan: string;
  region: string;
  period_end: string;
  /** Of a month, before and after. */
  monthly_micro: { before: string; after: string };
}

export interface PushTable {
  id: string;
  brand: string;
  service_id: string;
  from_customer: string;
  made_by: string;
  /** One of the two, while it is open. */
  to_email: string | null;
  to_phone_digest: string | null;
  to_shown: string;
  made_at: Date;
  expires_at: Date;
  state: PushState;
  ended_at: Generated<Date | null>;
  to_customer: Generated<string | null>;
  clause_id: string;
  clause_version: string;
  clause_hash: string;
  facts: ColumnType<Passed | null, string | null | undefined, string | null>;
  worth_micro: Generated<bigint | null>;
}

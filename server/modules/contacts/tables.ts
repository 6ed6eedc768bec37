import type { ContactKind } from '#modules/reach/index.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    contacts_fault: FaultTable;
  }
}

export interface FaultTable {
  id: string;
  brand: string;
  customer_id: string;
  kind: ContactKind;
  shown: string;
  found_at: Date;
  notice_id: string | null;
  detail: string;
  /** Null where the customer's terms set no time. */
  correct_by: Date | null;
  state: 'open' | 'overdue' | 'corrected';
  ended_at: Date | null;
  notices: string[];
}

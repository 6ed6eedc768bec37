declare module '#kernel/db.ts' {
  interface Tables {
    authorities_request: RequestTable;
  }
}

export type RequestState = 'waiting' | 'refused' | 'ready' | 'downloaded' | 'lapsed';

export interface RequestTable {
  id: string;
  brand: string;
  customer_id: string;
  authority: string;
  document: string;
  article: string;
  case: string;
  kinds: string[];
  span_from: Date;
  span_to: Date;
  /** Why the customer isn't told; null: it is. */
  untold_reason: string | null;
  requested_by: string;
  requested_at: Date;
  state: RequestState;
  decided_at: Date | null;
  file_sealed: Buffer | null;
  file_sha256: string | null;
  events: number | null;
  expires_at: Date | null;
  downloaded_by: string | null;
  downloaded_at: Date | null;
}

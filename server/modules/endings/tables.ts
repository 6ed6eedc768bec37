import type { ColumnType } from 'kysely';
import type { CertificateFacts } from './certificate-issue.ts';

declare module '#kernel/db.ts' {
  interface Tables {
    lifecycle_ending: EndingTable;
    lifecycle_proposal: ProposalTable;
    lifecycle_certificate: CertificateTable;
  }
}

/** What the operator has announced to end. */
export interface EndingTable {
  service_id: string;
  brand: string;
  end_at: Date;
  reason: string;
  announced_at: Date;
  notice_id: string | null;
  done_at: Date | null;
}

/** An end that staff propose and the customer accepts. */
export interface ProposalTable {
  id: string;
  brand: string;
  service_id: string;
  refund_micro: bigint;
  reason: string;
  proposed_by: string;
  proposed_at: Date;
  expires_at: Date;
  state: 'waiting' | 'accepted' | 'declined' | 'withdrawn' | 'lapsed';
  decided_at: Date | null;
  notice_id: string | null;
}

export interface CertificateTable {
  id: string;
  brand: string;
  service_id: string;
  customer_id: string;
  number: string;
  facts: ColumnType<CertificateFacts, string, never>;
  issued_at: Date;
}

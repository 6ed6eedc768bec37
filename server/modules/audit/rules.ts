import { addMonthsAnchored, dayOfMonth } from '#kernel/time.ts';

/**
 * ClauseRef: the clause of the version that this customer accepted, on which an act rests. Only the terms
 * room makes one, from the customer's own acceptance.
 */
declare const clauseRef: unique symbol;
export interface ClauseRef {
  readonly brand: string;
  readonly version: string;
  readonly sha256: string;
  readonly clause: string;
  readonly [clauseRef]: true;
}

/** The clause as it was cited when the row was written: a row keeps only what a ClauseRef said. */
export function clauseKept(row: {
  brand: string;
  clause_id: string;
  clause_version: string;
  clause_hash: string;
}): ClauseRef {
  const { brand, clause_id: clause, clause_version: version, clause_hash: sha256 } = row;
  return { brand, clause, version, sha256 } as ClauseRef;
}

export interface AuditEntry {
  action: string;
  subject: { kind: string; id: string };
  customerId: string | null;
  clause?: ClauseRef;
  /** What the act rests on: figures, states before and after. Never personal data, never secrets. */
  facts?: Record<string, unknown>;
  /** Notices that went before it. */
  notices?: string[];
}

/** What is on record is kept so long at least, whatever a brand wishes (网络安全法 21, 亚云 5.2). */
export const KEPT_MONTHS = 6;

/** And no longer than this, unless the brand says otherwise (`audit_months`). */
export const REMOVED_MONTHS = 36;

export function monthsAfter(instant: Date, months: number, zone: string): Date {
  return addMonthsAnchored(instant, months, dayOfMonth(instant, zone), zone);
}

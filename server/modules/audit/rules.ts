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

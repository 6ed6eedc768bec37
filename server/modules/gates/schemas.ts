import { z } from 'zod';
import { id, instant } from '#kernel/http.ts';
import type { Filing } from './filing-read.ts';
import type { GateAnswer } from './gate.ts';
import { ACTS, type FilingKind } from './rules.ts';
import { FILING_NAMES } from './words.ts';

export const KINDS = Object.keys(FILING_NAMES) as [FilingKind, ...FilingKind[]];

export const answerShown = z.object({
  act: z.enum(ACTS),
  open: z.boolean(),
  /** Why not, by which clause, and what would open it; null where it is open. */
  shut: z
    .object({
      code: z.string(),
      clause: z
        .object({ id: z.string(), version: z.string(), title: z.string(), text: z.string() })
        .nullable(),
      title: z.string(),
      opens: z.string(),
    })
    .nullable(),
});

export const filingShown = z.object({
  id,
  customer_id: z.string(),
  kind: z.enum(KINDS),
  number: z.string(),
  domain: z.string(),
  subject: z.string(),
  valid_until: z.string().nullable(),
  state: z.enum(['waiting', 'approved', 'refused', 'expired', 'withdrawn', 'revoked']),
  entered_at: instant,
  decided_at: instant.nullable(),
  /** Why it was approved or refused; of one that was revoked, why that. */
  decision_reason: z.string().nullable(),
});

export function shown(answer: GateAnswer) {
  if (answer.open) return { open: true, shut: null };
  const { code, clause, title, opens } = answer;
  return { open: false, shut: { code, clause, title, opens } };
}

export function shownFiling(row: Filing): z.infer<typeof filingShown> {
  const { id, customer_id, kind, number, domain, subject, valid_until, state } = row;
  return {
    ...{ id, customer_id, kind, number, domain, subject, valid_until, state },
    decision_reason: row.revoked_reason ?? row.decision_reason,
    entered_at: row.entered_at.toISOString(),
    decided_at: row.decided_at?.toISOString() ?? null,
  };
}

import { z } from 'zod';
import { id, instant, localized } from '#kernel/http.ts';
import { MEASURES } from '#modules/terms/index.ts';
import type { MeasureDetails } from './carriers.ts';
import type { Appeal, Case, CaseWhole, Evidence, Inquiry, MeasureRow } from './case-row.ts';
import { REVERSAL } from './rules.ts';

export const measure = z.enum(MEASURES);

const details = z.object({
  cpus: z.number().optional(),
  acts: z.array(z.string()).optional(),
  amount: z.string().optional(),
  freeze_reason: z.string().optional(),
});

export const measureShown = z.object({
  id,
  measure,
  service_id: z.string().nullable(),
  clause: z.string(),
  reason: z.string(),
  details,
  state: z.enum(['asked', 'refused', 'standing', 'reversed', 'final']),
  asked_at: instant,
  placed_at: instant.nullable(),
  until: instant.nullable(),
  reversed_at: instant.nullable(),
  reversal_reason: z.string().nullable(),
  /** How it is taken back; null: it can't be. */
  reversal: localized.nullable(),
});

export const caseShown = z.object({
  id,
  customer_id: z.string(),
  service_id: z.string().nullable(),
  origin: z.enum(['trace', 'report', 'staff', 'authority', 'contact']),
  category: z.string(),
  clause: z.string(),
  terms_version: z.string(),
  summary: z.string(),
  state: z.enum(['open', 'breach', 'no-breach']),
  opened_at: instant,
  decision: z.string().nullable(),
  decided_at: instant.nullable(),
});

const inquiryShown = z.object({
  id,
  question: z.string(),
  asked_at: instant,
  answer_until: instant,
  answer: z.string().nullable(),
  answered_at: instant.nullable(),
  lapsed_at: instant.nullable(),
});

const appealShown = z.object({
  text: z.string(),
  at: instant,
  state: z.enum(['waiting', 'granted', 'refused']),
  decision: z.string().nullable(),
  decided_at: instant.nullable(),
});

const evidenceShown = z.object({
  id,
  kind: z.enum(['measurement', 'report', 'note', 'paper', 'answer']),
  text: z.string().nullable(),
  facts: z.record(z.string(), z.unknown()),
  at: instant,
});

export const caseOwnShown = caseShown.extend({
  measures: z.array(measureShown),
  inquiries: z.array(inquiryShown),
  appeal: appealShown.nullable(),
});

export const caseStaffShown = caseOwnShown.extend({
  evidence: z.array(evidenceShown),
  /** What the terms of this customer let follow. */
  possible: z.array(measure),
});

const iso = (at: Date | null) => at?.toISOString() ?? null;

export function shownCase(row: Case): z.infer<typeof caseShown> {
  const { id, customer_id, service_id, origin, category, summary, state, decision } = row;
  return {
    ...{ id, customer_id, service_id, origin, category, summary, state, decision },
    clause: row.clause_id,
    terms_version: row.clause_version,
    opened_at: row.opened_at.toISOString(),
    decided_at: iso(row.decided_at),
  };
}

export function shownMeasure(row: MeasureRow): z.infer<typeof measureShown> {
  const { id, service_id, reason, state, reversal_reason } = row;
  return {
    ...{ id, measure: row.measure, service_id, reason, state, reversal_reason },
    clause: row.clause_id,
    details: row.details as MeasureDetails,
    asked_at: row.asked_at.toISOString(),
    placed_at: iso(row.placed_at),
    until: iso(row.until),
    reversed_at: iso(row.reversed_at),
    reversal: REVERSAL[row.measure],
  };
}

function shownInquiry(row: Inquiry): z.infer<typeof inquiryShown> {
  const { id, question, answer } = row;
  return {
    ...{ id, question, answer },
    asked_at: row.asked_at.toISOString(),
    answer_until: row.answer_until.toISOString(),
    answered_at: iso(row.answered_at),
    lapsed_at: iso(row.lapsed_at),
  };
}

function shownAppeal({ text, at, state, decision, decided_at }: Appeal): z.infer<typeof appealShown> {
  return { text, at: at.toISOString(), state, decision, decided_at: iso(decided_at) };
}

function shownEvidence({ id, kind, text, facts, at }: Evidence): z.infer<typeof evidenceShown> {
  return { id, kind, text, facts: facts as Record<string, unknown>, at: at.toISOString() };
}

/** What a customer sees of its own case: what is said against it, done and asked; who reported it never. */
export function shownOwn(whole: CaseWhole): z.infer<typeof caseOwnShown> {
  return {
    ...shownCase(whole.case),
    // What waits for a second one of the staff isn't done yet.
    measures: whole.measures.filter(({ placed_at }) => placed_at !== null).map(shownMeasure),
    inquiries: whole.inquiries.map(shownInquiry),
    appeal: whole.appeal ? shownAppeal(whole.appeal) : null,
  };
}

export function shownToStaff(
  whole: CaseWhole,
  possible: z.infer<typeof measure>[],
): z.infer<typeof caseStaffShown> {
  return {
    ...shownOwn(whole),
    measures: whole.measures.map(shownMeasure),
    evidence: whole.evidence.map(shownEvidence),
    possible,
  };
}

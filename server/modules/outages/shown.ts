import { z } from 'zod';
import { amountOut, id, instant, localized } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { clauseShown, type Policy } from '#modules/terms/index.ts';
import type { Verdict } from './consequences.ts';
import type { EndRight } from './end-right.ts';
import { CAUSES } from './judge.ts';
import type { Affected, Consequence, Entry, Outage } from './outage-row.ts';
import { availabilityText, HOUR_MS } from './rules.ts';

const clause = z.object({ id: z.string(), version: z.string(), title: localized });
const kind = z.enum(['extension', 'by-month', 'excluded', 'left', 'nothing']);

/** What anybody may see. */
export const statusShown = z.object({
  id,
  title: localized,
  cause: z.enum(CAUSES),
  from: instant,
  until: instant.nullable(),
  updated_at: instant,
});

export function shownStatus(entry: Entry): z.infer<typeof statusShown> {
  return {
    id: entry.outage_id,
    title: entry.title as LocalizedText,
    cause: entry.cause,
    from: entry.from_at.toISOString(),
    until: entry.until_at?.toISOString() ?? null,
    updated_at: entry.at.toISOString(),
  };
}

export const entryShown = statusShown.extend({
  number: z.number(),
  /** Null: it was measured to have ended. */
  staff_id: z.string().nullable(),
  nodes: z.array(z.string()),
  services: z.array(z.string()),
  products: z.array(z.string()),
  note: z.string(),
});

export function shownEntry(entry: Entry): z.infer<typeof entryShown> {
  const { number, staff_id, nodes, services, products, note } = entry;
  return { ...shownStatus(entry), number, staff_id, nodes, services, products, note };
}

export const outageShown = z.object({
  id,
  entry: entryShown,
  /** Of the entry that was applied; null before that. */
  settled_entry: z.number().nullable(),
  settled_at: instant.nullable(),
});

export function shownOutage(outage: Outage, entry: Entry): z.infer<typeof outageShown> {
  return {
    id: outage.id,
    entry: shownEntry(entry),
    settled_entry: outage.settled_entry,
    settled_at: outage.settled_at?.toISOString() ?? null,
  };
}

export const affectedShown = z.object({
  subject_id: z.string(),
  kind: z.enum(['service', 'package']),
  customer_id: z.string(),
  label: z.string(),
  from: instant,
  until: instant.nullable(),
});

export function shownAffected(row: Affected): z.infer<typeof affectedShown> {
  return {
    subject_id: row.subject_id,
    kind: row.kind,
    customer_id: row.customer_id,
    label: row.label,
    from: row.from_at.toISOString(),
    until: row.until_at?.toISOString() ?? null,
  };
}

export const verdictShown = affectedShown.extend({
  consequence: kind,
  clause: clause.nullable(),
  /** Whether staff choose between extending and leaving it. */
  discretionary: z.boolean(),
  down_hours: z.number(),
  extend_hours: z.number(),
});

export function shownVerdict(verdict: Verdict): z.infer<typeof verdictShown> {
  const { subject, policy, judgement, span, extendMs } = verdict;
  return {
    ...shownAffected(subject),
    consequence: judgement.kind,
    clause: judgement.rests ? citedBy(policy, policy.clauseOf(judgement.rests).clause) : null,
    discretionary: judgement.kind === 'extension' && judgement.discretionary,
    down_hours: hours(span.until - span.from),
    extend_hours: hours(extendMs),
  };
}

function citedBy({ version }: Policy, id: string) {
  return clauseShown(version, id);
}

export const consequenceShown = z.object({
  subject_id: z.string(),
  entry: z.number(),
  consequence: kind,
  clause_id: z.string().nullable(),
  down_hours: z.number(),
  extended_hours: z.number(),
  notice_id: z.string().nullable(),
  at: instant,
});

export function shownConsequence(row: Consequence): z.infer<typeof consequenceShown> {
  return {
    subject_id: row.subject_id,
    entry: row.number,
    consequence: row.kind,
    clause_id: row.clause_id,
    down_hours: hours(Number(row.down_ms)),
    extended_hours: hours(Number(row.extended_ms)),
    notice_id: row.notice_id,
    at: row.at.toISOString(),
  };
}

export const rightShown = z.object({
  subject_id: z.string(),
  clause_id: z.string(),
  since: instant,
  used_at: instant.nullable(),
  refunded: amountOut.nullable(),
});

export function shownRight(right: EndRight): z.infer<typeof rightShown> {
  return {
    subject_id: right.subject_id,
    clause_id: right.clause_id,
    since: right.since.toISOString(),
    used_at: right.used_at?.toISOString() ?? null,
    refunded: right.refunded_micro === null ? null : formatYuan(right.refunded_micro),
  };
}

export const monthShown = z.object({
  /** "2026-03" */
  month: z.string(),
  /** 0 is the measurement, what follows are its corrections. */
  number: z.number(),
  availability_percent: z.string(),
  back_percent: z.number(),
  fee: amountOut,
  paid: amountOut,
  clause_id: z.string(),
  at: instant,
});

export function shownMonth(row: {
  month: string;
  number: number;
  served_ms: bigint;
  down_ms: bigint;
  back_percent: number;
  fee_micro: bigint;
  paid_micro: bigint;
  clause_id: string;
  at: Date;
}): z.infer<typeof monthShown> {
  return {
    month: row.month.slice(0, 7),
    number: row.number,
    availability_percent: availabilityText(Number(row.down_ms), Number(row.served_ms)),
    back_percent: row.back_percent,
    fee: formatYuan(row.fee_micro),
    paid: formatYuan(row.paid_micro),
    clause_id: row.clause_id,
    at: row.at.toISOString(),
  };
}

function hours(ms: number): number {
  return Math.round((ms / HOUR_MS) * 100) / 100;
}

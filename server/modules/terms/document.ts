import { createHash } from 'node:crypto';
import { z } from 'zod';
import { localizedText } from '#kernel/brands.ts';
import { meant } from '#kernel/nearest.ts';
import { clauseId, parameters } from '#modules/figures/index.ts';
import { contradictions } from './document-checks.ts';

/** A brand's terms.yaml. Every parameter names the clause that it comes from. */

export const termsFile = z
  .strictObject({
    version: z.iso.date(),
    title: localizedText,
    parameters,
    highlights: z.array(
      z.strictObject({ id: z.string(), clause: clauseId, title: localizedText, text: localizedText }),
    ),
    clauses: z.array(
      z.strictObject({
        id: clauseId,
        kind: z.enum(['automated', 'gate', 'tool', 'notice', 'record', 'declared']),
        /** What the software does about it rests on this figure, or is done by this code (room or room/part). */
        parameter: z.string().optional(),
        code: z
          .string()
          .regex(/^[a-z-]+(\/[a-z-]+)?$/)
          .optional(),
        title: localizedText,
        text: localizedText,
      }),
    ),
  })
  .superRefine((file, check) => {
    const known = new Set(file.clauses.map((clause) => clause.id));
    const refuse = (path: (string | number)[], message: string) =>
      check.addIssue({ code: 'custom', path, message });
    if (known.size !== file.clauses.length) refuse(['clauses'], 'a clause id stands twice');
    const cite = (path: (string | number)[], clause: string) => {
      if (!known.has(clause)) refuse(path, `there is no clause ${clause}${meant(clause, known)}`);
    };
    for (const { path, clause } of clausesIn(file.parameters, ['parameters'])) cite(path, clause);
    const { fund_freeze: freeze, arrears } = file.parameters;
    freeze?.reasons.forEach((clause, i) => {
      cite(['parameters', 'fund_freeze', 'reasons', i], clause);
    });
    if (freeze) cite(['parameters', 'fund_freeze', 'appeal_clause'], freeze.appeal_clause);
    if (arrears) cite(['parameters', 'arrears', 'end_clause'], arrears.end_clause);
    file.highlights.forEach(({ clause }, i) => {
      cite(['highlights', i, 'clause'], clause);
    });
    const { reminders, expiry } = file.parameters;
    const days = reminders?.days_before ?? [];
    if (days.some((day, i) => i > 0 && day >= days[i - 1]!)) {
      refuse(['parameters', 'reminders', 'days_before'], 'give the days in falling order, each once');
    }
    const { bills } = file.parameters;
    if (bills && bills.due_days < bills.issue_days_before)
      refuse(['parameters', 'bills', 'due_days'], 'a bill would be overdue before its period begins');
    const before = {
      arrears: { days: arrears?.remind_days_before ?? [], within: arrears?.end_days ?? 0 },
      bills: { days: bills?.remind_days_before ?? [], within: bills?.due_days ?? 0 },
    };
    for (const [name, { days: ahead, within }] of Object.entries(before)) {
      if (ahead.some((day, i) => day >= (i > 0 ? ahead[i - 1]! : within)))
        refuse(
          ['parameters', name, 'remind_days_before'],
          `give the days in falling order, each once, all below ${within}`,
        );
    }
    for (const { path, message } of contradictions(file.parameters, file.clauses)) refuse(path, message);
    if (expiry && (expiry.grace_days === undefined) !== (expiry.then === undefined)) {
      refuse(['parameters', 'expiry', 'grace_days'], 'grace_days and then stand together, or neither');
    }
  });

/** Every key `clause` in the figures, however deep. */
function clausesIn(
  value: unknown,
  path: (string | number)[],
): { path: (string | number)[]; clause: string }[] {
  if (Array.isArray(value)) return value.flatMap((member, i) => clausesIn(member, [...path, i]));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'clause' && typeof inner === 'string'
      ? [{ path: [...path, key], clause: inner }]
      : clausesIn(inner, [...path, key]),
  );
}

export type TermsDocument = z.infer<typeof termsFile>;

/**
 * Whether `next` says all that `published` says: the same title, highlights and clauses, and each figure that was
 * there, as it was. Parameters, their keys and members of their lists may be new.
 */
export function keepsAll(published: TermsDocument, next: TermsDocument): boolean {
  const textOf = ({ title, version, highlights, clauses }: TermsDocument) => ({
    ...{ title, version, highlights },
    // By what the software keeps a clause is ours to say, not part of what was agreed.
    clauses: clauses.map(({ parameter: _, code: __, ...clause }) => clause),
  });
  const same = JSON.stringify(sorted(textOf(published))) === JSON.stringify(sorted(textOf(next)));
  return same && holds(published.parameters, next.parameters);
}

function holds(known: unknown, read: unknown): boolean {
  if (Array.isArray(known))
    return Array.isArray(read) && known.every((member) => read.some((candidate) => holds(member, candidate)));
  if (typeof known !== 'object' || known === null) return known === read;
  if (typeof read !== 'object' || read === null) return false;
  return Object.entries(known).every(([key, value]) => holds(value, (read as Record<string, unknown>)[key]));
}

/** SHA-256 of the document with its keys in order, so that spacing and comments don't make another version. */
export function documentHash(document: TermsDocument): string {
  return createHash('sha256')
    .update(JSON.stringify(sorted(document)))
    .digest('hex');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

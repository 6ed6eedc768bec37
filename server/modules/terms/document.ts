import { createHash } from 'node:crypto';
import { z } from 'zod';
import { localizedText } from '#kernel/brands.ts';

/** A brand's terms.yaml. Every parameter names the clause that it comes from. */

const clauseId = z.string().regex(/^[a-z0-9][a-z0-9.-]{0,39}$/);
const from = { clause: clauseId };
const days = z.number().int().min(1).max(3650);

const parameters = z.strictObject({
  acceptance: z.strictObject({ ...from, before: z.literal('service') }),
  minors: z.strictObject({ ...from, below_age: z.literal(18), need: z.literal('guardian-consent') }),
  contact: z.strictObject({ ...from, need: z.literal('verified-email') }),
  real_name: z.strictObject({
    ...from,
    required_in: z.literal('mainland-regions'),
    keep: z.literal('result-only'),
  }),
  password: z.strictObject({ ...from, change_ends_other_sessions: z.literal(true) }),
  payment: z.strictObject({
    ...from,
    channels: z.array(z.enum(['alipay', 'wechatpay'])).min(1),
    price: z.literal('shown-at-purchase'),
  }),
  periods: z.strictObject({ ...from, months: z.array(z.number().int().min(1).max(36)).min(1) }),
  reminders: z.strictObject({
    ...from,
    days_before: z.array(days).min(1),
    channels: z.array(z.literal('email')).min(1),
  }),
  expiry: z.strictObject({
    ...from,
    suspend: z.literal('at-once'),
    grace_days: z.number().int().min(0).max(365),
    // biome-ignore lint/suspicious/noThenProperty: the file's own word
    then: z.literal('delete'),
  }),
  refund: z.strictObject({ ...from, rule: z.literal('none') }),
  undelivered: z.strictObject({ ...from, rule: z.literal('refund-to-balance') }),
});

export type Parameters = z.infer<typeof parameters>;

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
    for (const [name, { clause }] of Object.entries(file.parameters)) {
      if (!known.has(clause)) refuse(['parameters', name, 'clause'], `there is no clause ${clause}`);
    }
    file.highlights.forEach(({ clause }, i) => {
      if (!known.has(clause)) refuse(['highlights', i, 'clause'], `there is no clause ${clause}`);
    });
    const { days_before } = file.parameters.reminders;
    if (days_before.some((day, i) => i > 0 && day >= days_before[i - 1]!)) {
      refuse(['parameters', 'reminders', 'days_before'], 'give the days in falling order, each once');
    }
  });

export type TermsDocument = z.infer<typeof termsFile>;

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

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
    channels: z.array(z.enum(['alipay', 'wechatpay', 'bank-transfer'])).min(1),
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
  /** May the customer turn auto-renewal on? Without it renewal is by hand alone. */
  auto_renew: z.strictObject({ ...from, rule: z.literal('opt-in-from-balance') }).optional(),
  /** What a customer who ends a service gets back: nothing, or the unconsumed part of what was paid. */
  refund: z.strictObject({ ...from, rule: z.enum(['none', 'unconsumed']) }),
  /** The operator ends the service: notice ahead, and the unconsumed part back. */
  provider_end: z.strictObject({ ...from, notice_days: days, refund: z.literal('unconsumed') }).optional(),
  /** Usage is measured and deducted from the balance; what the balance doesn't cover is owed. */
  metered: z.strictObject({ ...from, every: z.enum(['hour', 'day']) }).optional(),
  /** Simple, by natural day, on what is unpaid; decimal fraction a day ("0.0005" is 0.05 %). */
  late_fee: z.strictObject({ ...from, per_day: z.string().regex(/^0\.\d{1,6}$/) }).optional(),
  /** Gifts and vouchers: never money, never beyond their scope. */
  gifts: z.strictObject({ ...from, rule: z.literal('never-cash') }).optional(),
  /** The customer may take its cash balance out. Without it nothing is paid out, by the refund clause. */
  withdrawal: z.strictObject({ ...from, rule: z.literal('cash-only') }).optional(),
  /** Money may be frozen for the listed reasons, in part or whole; the customer may appeal in time. */
  fund_freeze: z
    .strictObject({
      ...from,
      reasons: z.array(clauseId).min(1),
      appeal_clause: clauseId,
      appeal_days: days,
    })
    .optional(),
  /** Tax invoices (发票) and contracts (合同) may be applied for. */
  documents: z
    .strictObject({ ...from, kinds: z.array(z.enum(['tax-invoice', 'contract'])).min(1) })
    .optional(),
  /** How a change of prices is announced before it holds. */
  price_change: z
    .strictObject({
      ...from,
      notice_days: z.number().int().min(0).max(365),
      channels: z.array(z.enum(['site', 'email'])),
    })
    .optional(),
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
    for (const [name, parameter] of Object.entries(file.parameters)) {
      if (!parameter) continue;
      const { clause } = parameter;
      if (!known.has(clause)) refuse(['parameters', name, 'clause'], `there is no clause ${clause}`);
    }
    const freeze = file.parameters.fund_freeze;
    for (const clause of freeze ? [...freeze.reasons, freeze.appeal_clause] : []) {
      if (!known.has(clause)) refuse(['parameters', 'fund_freeze'], `there is no clause ${clause}`);
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

import { z } from 'zod';
import { amountOut, id, instant, line, rule } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import type { statusOf } from './status-read.ts';

export const personName = line(2, 40).refine(
  ...rule<string>((text) => /^[\p{Script=Han}\p{Script=Latin}·• '.-]+$/u.test(text), {
    zh: '请输入证件上的姓名',
    en: 'Enter the name as it stands on the identity card',
  }),
);

export const companyName = line(2, 100);
export const number = z.string().trim().max(40);
/** Yuan that the customer agrees to pay for this attempt. */
export const acceptedFee = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,2})?$/)
  .optional();

/** A scan or photograph, base64; 2 MB as it is. */
export const scan = z
  .string()
  .min(8)
  .max(Math.ceil((2 * 1024 * 1024 * 4) / 3) + 4)
  .refine(
    ...rule<string>((text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text), {
      zh: '文件内容须为 base64',
      en: 'The file has to be base64',
    }),
  )
  .transform((text) => Buffer.from(text, 'base64'));
/** Three of them, and what JSON adds. */
export const SCANS_BODY = 9 * 1024 * 1024;

const kind = z.enum(['person', 'company']);

export const review = z.object({
  id,
  kind,
  cause: z.enum(['documents', 'identity-used']),
  state: z.enum(['waiting', 'passed', 'failed', 'withdrawn']),
  entered_at: instant,
  decided_at: instant.nullable(),
  reason: z.string().nullable(),
});

export const reviewForStaff = review.extend({
  customer_id: id,
  /** Null: whoever decides says it. */
  minor: z.boolean().nullable(),
  /** What the first of the two found. */
  first: z.object({ by: z.string(), at: instant, pass: z.boolean(), reason: z.string() }).nullable(),
});

export const consent = z.object({
  id,
  number: z.string(),
  relation: z.enum(['parent', 'guardian']),
  state: z.enum(['asked', 'confirmed', 'signed', 'lapsed', 'withdrawn']),
  phone: z.string(),
  asked_at: instant,
  expires_at: instant,
  signed_at: instant.nullable(),
  sha256: z.string().nullable(),
  certificate: z.string().nullable(),
  end_reason: z.string().nullable(),
});

export const status = z.object({
  state: z.enum(['none', 'passed']),
  kind: kind.nullable(),
  method: z.string().nullable(),
  passed_at: instant.nullable(),
  minor: z.boolean(),
  guardian_consent: z.boolean(),
  /** A local stand-in answers. */
  sandbox: z.boolean(),
  attempts: z.object({
    left_today: z.number().int(),
    /** Of the next one. */
    fee: amountOut,
    /** How many are free in all; null: none costs anything. */
    free: z.number().int().nullable(),
    made: z.array(
      z.object({
        id,
        kind: z.enum(['person', 'company', 'guardian']),
        at: instant,
        method: z.string(),
        /** `asked`: no answer yet; `unavailable` doesn't count. */
        result: z.enum(['pass', 'fail', 'asked', 'unavailable']),
        fee: amountOut,
      }),
    ),
  }),
  accounts: z.object({ most: z.number().int(), beyond: z.enum(['refuse', 'review']) }),
  demand: z.object({ reason: z.string(), until: instant, clause: z.string() }).nullable(),
  reviews: z.array(review),
  consents: z.array(consent),
});

type Status = Awaited<ReturnType<typeof statusOf>>;

export function shownStatus(of: Status, sandbox: boolean): z.infer<typeof status> {
  const { customer, identity, demand, allowance } = of;
  return {
    state: customer.real_name_passed_at ? 'passed' : 'none',
    kind: identity?.kind ?? null,
    method: identity?.method ?? null,
    passed_at: customer.real_name_passed_at?.toISOString() ?? null,
    minor: customer.minor,
    guardian_consent: customer.guardian_consent_at !== null,
    sandbox,
    attempts: {
      left_today: allowance.leftToday,
      fee: formatYuan(allowance.fee),
      free: allowance.rule.free,
      made: of.checks.map(({ id, kind, at, method, state, result, fee_micro }) => ({
        ...{ id, kind, method, at: at.toISOString(), fee: formatYuan(fee_micro) },
        result: state === 'done' ? result! : state,
      })),
    },
    accounts: allowance.rule.accounts,
    demand: demand
      ? { reason: demand.reason, until: demand.due_at.toISOString(), clause: demand.clause_id }
      : null,
    reviews: of.reviews.slice(0, 20).map(shownReview),
    consents: of.consents.map(shownConsent),
  };
}

export function shownReview(row: Status['reviews'][number]): z.infer<typeof review> {
  const { id, kind, cause, state, reason } = row;
  return {
    ...{ id, kind, cause, state, reason },
    entered_at: row.entered_at.toISOString(),
    decided_at: row.decided_at?.toISOString() ?? null,
  };
}

export function shownForStaff(row: Status['reviews'][number]): z.infer<typeof reviewForStaff> {
  const { first_by: by, first_at: at, first_pass: pass, first_reason: why } = row;
  return {
    ...shownReview(row),
    customer_id: row.customer_id,
    minor: row.minor,
    first: by && at ? { by, at: at.toISOString(), pass: pass === true, reason: why ?? '' } : null,
  };
}

export function shownConsent(row: Status['consents'][number]): z.infer<typeof consent> {
  const { id, number, relation, state, phone_shown: phone, sha256, certificate, end_reason } = row;
  return {
    ...{ id, number, relation, state, phone, sha256, certificate, end_reason },
    asked_at: row.asked_at.toISOString(),
    expires_at: row.expires_at.toISOString(),
    signed_at: row.signed_at?.toISOString() ?? null,
  };
}

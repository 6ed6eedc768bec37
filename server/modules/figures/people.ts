import { z } from 'zod';
import { channels, days, from } from './forms.ts';

/** Who may buy, and how people agree. */
export const people = {
  acceptance: z.strictObject({
    ...from,
    before: z.literal('service'),
    by: z
      .array(z.enum(['click', 'register', 'purchase', 'use', 'signed-paper', 'other-agreed']))
      .min(1)
      .optional(),
  }),
  minors: z
    .strictObject({ ...from, below_age: z.literal(18), need: z.literal('guardian-consent') })
    .optional(),
  contact: z.strictObject({
    ...from,
    /** A contact: a mailbox or a mainland phone, whichever the customer has. */
    need: z.enum(['verified-email', 'verified-contact']),
    stay_valid: z.array(z.enum(['email', 'phone', 'qq'])).optional(),
    /** Natural days to correct one that was found to reach nobody. */
    correct_days: days.optional(),
  }),
  real_name: z
    .strictObject({
      ...from,
      required_in: z.literal('mainland-regions'),
      keep: z.literal('result-only'),
      of: z.array(z.enum(['person', 'company'])).optional(),
      /** How many accounts one identity may have, and what becomes of one more. */
      accounts: z
        .strictObject({ most: z.number().int().min(1).max(1000), beyond: z.enum(['refuse', 'review']) })
        .optional(),
      /** Attempts in 24 hours; with a fee, what each costs in yuan after so many that are free. */
      attempts: z
        .strictObject({
          per_day: z.number().int().min(1).max(50),
          free: z.number().int().min(0).max(100),
          fee: z
            .string()
            .regex(/^\d{1,4}(\.\d{1,2})?$/)
            .optional(),
        })
        .optional(),
    })
    .optional(),
  password: z.strictObject({ ...from, change_ends_other_sessions: z.literal(true) }).optional(),
  /** The account belongs to one person for good. */
  account: z.strictObject({ ...from, transferable: z.literal(false) }).optional(),
  /** What the customer may order done; each is recorded as its own act. */
  instructions: z
    .strictObject({
      ...from,
      kinds: z
        .array(z.enum(['reinstall', 'restart', 'push', 'buy', 'withdraw', 'tax-invoice', 'contract']))
        .min(1),
    })
    .optional(),
  /** In which cases something about a customer may be given to others; each time is recorded. */
  disclosure: z
    .strictObject({
      ...from,
      cases: z
        .array(
          z.enum([
            'agreement',
            'law',
            'authority',
            'consent',
            'abuse-complaint',
            'urgent-crime',
            'needed-third-party',
            'testing',
            'protect-rights',
            'unlawful-activity',
          ]),
        )
        .min(1),
    })
    .optional(),
  resale: z.strictObject({ ...from, rule: z.literal('forbidden') }).optional(),
  /** The platform's own way for a service to pass to another customer; how many natural days an offer waits. */
  push: z.strictObject({ ...from, offer_days: z.number().int().min(1).max(30) }).optional(),
  /** A site needs its filing before the public sees it. */
  filing: z
    .strictObject({
      ...from,
      before: z.literal('public-website'),
      kinds: z
        .array(
          z.enum([
            'icp-filing',
            'icp-licence',
            'bbs',
            'online-games',
            'news',
            'publishing',
            'education',
            'health',
            'medicine-and-devices',
          ]),
        )
        .min(1),
    })
    .optional(),
};

/** How people are told. */
export const told = {
  /** The ways for whatever must be told and has none of its own; staff's only when mail and SMS both fail. */
  notices: z.strictObject({ ...from, channels }).optional(),
};

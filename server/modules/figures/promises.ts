import { z } from 'zod';
import { channels, days, from } from './forms.ts';

export const OUTAGE_CAUSES = [
  'force-majeure',
  'upstream',
  'maintenance',
  'telecom',
  'network-congestion',
  'attack',
  'site-upgrade',
  'bank',
  'customer-origin',
  'customer-error',
  'customer-application',
  'customer-request',
] as const;

/** What is promised, and what follows when it fails. */
export const promises = {
  sla: z
    .discriminatedUnion('rule', [
      z.strictObject({ ...from, rule: z.literal('none') }),
      /** Each full hour down by the provider's doing extends the term by an hour. */
      z.strictObject({ ...from, rule: z.literal('hour-for-hour'), end_after_hours: z.number().int().min(1) }),
      /** Measured by the month; the part of the month's fee that is given back below each step. */
      z.strictObject({
        ...from,
        rule: z.literal('by-table'),
        promised_percent: z.string().regex(/^\d{1,2}(\.\d{1,4})?$/),
        table: z
          .array(
            z.strictObject({
              below_percent: z.string().regex(/^\d{1,2}(\.\d{1,4})?$/),
              back_percent: z.number().int().min(1).max(100),
            }),
          )
          .min(1),
      }),
    ])
    .optional(),
  /** Outages of these causes are not made good. */
  outages: z.strictObject({ ...from, excluded: z.array(z.enum(OUTAGE_CAUSES)).min(1) }).optional(),
  /** The operator may add an outage's length to the term, of its own will, after these causes; never money. */
  outage_extension: z
    .strictObject({
      ...from,
      rule: z.literal('discretionary'),
      causes: z.array(z.enum(OUTAGE_CAUSES)).min(1).optional(),
    })
    .optional(),
  /** Force majeure is told in writing, with its proof. */
  force_majeure: z
    .strictObject({ ...from, told: z.literal('in-writing'), proof: z.literal('required') })
    .optional(),
  /** A node that its data centre, hardware or carrier makes bad may be left, and its address replaced. */
  bad_node: z.strictObject({ ...from, may: z.array(z.enum(['migrate', 'replace-ip'])).min(1) }).optional(),
  liability: z
    .discriminatedUnion('basis', [
      z.strictObject({
        ...from,
        basis: z.literal('fees-of-that-service'),
        months_before_claim: z.number().int().min(1).max(36),
      }),
      z.strictObject({ ...from, basis: z.literal('fee-of-that-purchase') }),
      z.strictObject({
        ...from,
        basis: z.literal('annual-fee-of-that-service'),
        percent: z.number().int().min(1).max(100),
      }),
    ])
    .optional(),
  backup: z.strictObject({ ...from, rule: z.enum(['none', 'customers-duty']) }).optional(),
  throttle: z
    .strictObject({
      ...from,
      cpu_percent: z.number().int().min(1).max(100),
      minutes: z.number().int().min(1).max(1440),
      /** What is left of its processors, and for how long. */
      left_percent: z.number().int().min(1).max(100).optional(),
      hours: z.number().int().min(1).max(720).optional(),
    })
    .optional(),
  support: z
    .strictObject({
      ...from,
      hours: z.literal('7x24'),
      hotline_for: z.literal('paying-customers').optional(),
    })
    .optional(),
  /** Forbidden uses by which a case is opened. */
  forbidden: z
    .strictObject({ ...from, categories: z.array(z.string().regex(/^[a-z0-9]{1,3}$/)).min(1) })
    .optional(),
  /** Where parts of the agreement differ, the first of these wins. */
  precedence: z
    .strictObject({
      ...from,
      order: z.array(z.enum(['attachment', 'service-contract', 'order-page', 'agreement'])).min(2),
    })
    .optional(),
  /** How a new version comes to hold. */
  revision: z
    .strictObject({
      ...from,
      effect: z.enum(['on-publication', 'after-notice']),
      notice_days: z.number().int().min(0).max(365),
      channels: channels.optional(),
      continued_use: z.literal('accepts').optional(),
      on_disagree: z.array(z.enum(['may-stop', 'settle-fees', 'data-download'])).optional(),
      /** Natural days from a disagreement to the end of the services; until then it may be taken back. */
      end_days: days.optional(),
    })
    .optional(),
};

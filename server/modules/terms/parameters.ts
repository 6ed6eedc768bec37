import { z } from 'zod';
import { enforcementParameters } from './parameters-enforcement.ts';

/**
 * The figures of a brand's agreement by which the software acts, each with the clause that it comes from. What an
 * agreement doesn't have stays away: then the act that would rest on it doesn't exist for that brand.
 */

export const clauseId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9.-]{0,39}$/)
  .describe('A clause of this agreement, such as 5.3');
const from = { clause: clauseId };
const days = z.number().int().min(1).max(3650);
const graceDays = z.number().int().min(0).max(365);
const channels = z.array(z.enum(['site', 'in-site', 'email', 'sms', 'phone', 'qq', 'wechat'])).min(1);

/** Who may buy, and how people agree. */
const people = {
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
    need: z.literal('verified-email'),
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
const told = {
  /** The ways for whatever must be told and has none of its own; staff's only when mail and SMS both fail. */
  notices: z.strictObject({ ...from, channels }).optional(),
};

/** Money. */
const money = {
  payment: z.strictObject({
    ...from,
    channels: z.array(z.enum(['alipay', 'wechatpay', 'bank-transfer'])).min(1),
    price: z.enum(['shown-at-purchase', 'list-in-force']),
  }),
  /** The lengths that are sold. Absent: those of the price page, any whole number of months. */
  periods: z.strictObject({ ...from, months: z.array(z.number().int().min(1).max(36)).min(1) }).optional(),
  /** May the customer turn auto-renewal on? Without it renewal is by hand alone. */
  auto_renew: z.strictObject({ ...from, rule: z.literal('opt-in-from-balance') }).optional(),
  /** What a customer who ends a service gets back: nothing, or the unconsumed part of what was paid. */
  refund: z.strictObject({ ...from, rule: z.enum(['none', 'unconsumed']) }),
  /** The operator ends the service: notice ahead, and the unconsumed part back. */
  provider_end: z
    .strictObject({
      ...from,
      notice_days: days,
      refund: z.literal('unconsumed'),
      channels: channels.optional(),
    })
    .optional(),
  /** A breach ends a service, nothing is refunded; its data goes at once, or is kept as after any end. */
  breach_end: z
    .strictObject({ ...from, refund: z.literal('none'), data: z.enum(['wipe', 'retention']) })
    .optional(),
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
      /** By which it is told, with how to appeal. */
      channels: channels.optional(),
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
};

/** What becomes due. */
const time = {
  reminders: z
    .strictObject({
      ...from,
      days_before: z.array(days).min(1),
      channels,
    })
    .optional(),
  /** The end of what was paid. Without grace_days nothing follows by itself; `end` leaves the data to the retention. */
  expiry: z
    .strictObject({
      ...from,
      suspend: z.literal('at-once'),
      grace_days: graceDays.optional(),
      // biome-ignore lint/suspicious/noThenProperty: the file's own word
      then: z.enum(['delete', 'end']).optional(),
    })
    .optional(),
  /** A balance below what runs freezes the account; natural days to pay, then the end. */
  arrears: z
    .strictObject({
      ...from,
      freeze: z.literal('balance-below-consumption'),
      end_days: days,
      end_clause: clauseId,
      // biome-ignore lint/suspicious/noThenProperty: the file's own word
      then: z.literal('end-and-delete'),
      /** Before any freeze: the balance lasts less than so many days at what was used lately. */
      warn_days: days.optional(),
      /** While it is frozen: reminders so many natural days before the end. */
      remind_days_before: z.array(days).optional(),
    })
    .optional(),
  /** Of what pays by use: its term is counted from a payment, as long as the amount lasts by the price list. */
  term: z.strictObject({ ...from, start: z.literal('payment') }).optional(),
  /** What is taken up while nothing is paid is charged on, by the day. */
  storage_after_expiry: z.strictObject({ ...from, billed: z.literal('by-day') }).optional(),
  /** Until all is paid, the customer's other services may be withheld as well. */
  withhold: z.strictObject({ ...from, until: z.literal('all-is-paid') }).optional(),
  /** The next period by a bill that is paid later, for whom staff have allowed it. */
  bills: z
    .strictObject({
      ...from,
      /** Natural days before the end of the period at which the bill is issued. */
      issue_days_before: days,
      /** Natural days from its issue until it is due. */
      due_days: days,
      remind_days_before: z.array(days).optional(),
      overdue: z.literal('suspend'),
      /** Natural days from the suspension until the service ends. */
      end_days: days,
    })
    .optional(),
  /** Natural days for which data outlives the service. */
  retention: z
    .strictObject({
      ...from,
      days,
      // biome-ignore lint/suspicious/noThenProperty: the file's own word
      then: z.literal('erase'),
      /** For copying the data out a stopped machine may run once more, for so many hours. */
      read_out_hours: z.number().int().min(1).max(720).optional(),
    })
    .optional(),
  /** A move to another data centre is announced so many natural days ahead. */
  migration: z.strictObject({ ...from, notice_days: days }).optional(),
};

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
const promises = {
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

export const parameters = z.strictObject({
  ...people,
  ...told,
  ...money,
  ...time,
  ...promises,
  ...enforcementParameters(clauseId),
});

export type Parameters = z.infer<typeof parameters>;

const ANY_PERIOD = Array.from({ length: 36 }, (_, i) => i + 1);

/** The lengths in months that may be ordered. */
export function periodsSold({ periods }: Parameters): number[] {
  return periods?.months ?? ANY_PERIOD;
}

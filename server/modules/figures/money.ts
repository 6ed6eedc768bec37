import { z } from 'zod';
import { channels, clauseId, days, from } from './forms.ts';

/** Money. */
export const money = {
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
  /**
   * Simple, by natural day, on what is unpaid; decimal fraction a day ("0.0005" is 0.05 %). `begins: end`: of the days
   * after the agreement has ended over arrears alone; otherwise of those after it was to be paid.
   */
  late_fee: z
    .strictObject({
      ...from,
      per_day: z.string().regex(/^0\.\d{1,6}$/),
      begins: z.enum(['due', 'end']).optional(),
    })
    .optional(),
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

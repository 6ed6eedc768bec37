import { z } from 'zod';
import { channels, clauseId, days, from, graceDays } from './forms.ts';

/** What becomes due. */
export const time = {
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

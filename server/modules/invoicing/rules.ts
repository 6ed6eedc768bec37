import type { Micro } from '#kernel/money.ts';
import { problems } from '#kernel/problem.ts';
import { addDays, addMonthsAnchored, addMs, naturalDay, nextMidnight } from '#kernel/time.ts';

export const problem = problems({
  'credit-above-invoice': {
    status: 409,
    title: { zh: '退款超过账单金额', en: 'More would be credited than was invoiced' },
    remedy: {
      zh: '账单 {number} 的贷项合计不能超过账单本身。',
      en: 'Credit notes of invoice {number} together can’t be above it.',
    },
  },
});

/** A month is closed this long into the next, so that its last hours are rated and charged. */
export const CLOSE_HOURS = 6;

/** "INV2026": numbers begin anew each year of the brand's zone, as books do. */
export function seriesOf(kind: 'INV' | 'CRN' | 'HT', instant: Date, zone: string): string {
  return `${kind}${naturalDay(instant, zone).slice(0, 4)}`;
}

/** The first instant of the natural month that `instant` lies in. */
export function monthStart(instant: Date, zone: string): Date {
  return nextMidnight(addDays(addMonthsAnchored(instant, 0, 1, zone), -1, zone), zone);
}

export function nextMonth(instant: Date, zone: string): Date {
  return monthStart(addMonthsAnchored(instant, 1, 1, zone), zone);
}

/** "2026-03-01": months are named by their first day. */
export function monthName(instant: Date, zone: string): string {
  return naturalDay(monthStart(instant, zone), zone);
}

/** When the month of `instant` is closed and invoiced. */
export function closeOf(instant: Date, zone: string): Date {
  return addMs(nextMonth(instant, zone), CLOSE_HOURS * 3_600_000);
}

/**
 * The month that a charge is invoiced with, and when: that of its period's last moment, or, if that one is closed, the
 * month that is closed next.
 */
export function monthOfCharge(periodEnd: Date, now: Date, zone: string): { month: string; closeAt: Date } {
  const own = addMs(periodEnd, -1);
  if (closeOf(own, zone) > now) return { month: monthName(own, zone), closeAt: closeOf(own, zone) };
  const before = addMs(monthStart(now, zone), -1);
  const open = closeOf(before, zone) > now ? before : now;
  return { month: monthName(open, zone), closeAt: closeOf(open, zone) };
}

/** "2026-03" as asked for, to the instants of that month; null if it is none. */
export function monthSpan(name: string, zone: string): { start: Date; end: Date } | null {
  const match = /^(20\d\d)-(0[1-9]|1[0-2])$/.exec(name);
  if (!match) return null;
  const start = monthStart(new Date(`${name}-02T12:00:00Z`), zone);
  return { start, end: nextMonth(start, zone) };
}

export interface Payment {
  amount: Micro;
  cash: Micro;
  gift: Micro;
}

/** What of a month's sum was paid and how; adjustments may have brought more back than their own charge took. */
export function paidWithin({ amount, cash, gift }: Payment): { cash: Micro; gift: Micro } {
  const least = (a: Micro, b: Micro) => (a < b ? a : b);
  const most = (a: Micro, b: Micro) => (a > b ? a : b);
  const money = most(0n, least(cash, amount));
  return { cash: money, gift: most(0n, least(gift, amount - money)) };
}

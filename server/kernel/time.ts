import { TZDate } from '@date-fns/tz/date';
import { addMonths } from 'date-fns/addMonths';
import { differenceInCalendarDays } from 'date-fns/differenceInCalendarDays';
import { getDaysInMonth } from 'date-fns/getDaysInMonth';
import { setDate } from 'date-fns/setDate';

/**
 * Business time. Instants are UTC; natural days and months are those of the brand's zone
 * (an IANA name such as "Asia/Shanghai"), never those of the host.
 */

const DAY_MS = 86_400_000;

/** "2026-02-28" in that zone. */
export function naturalDay(instant: Date, zone: string): string {
  const local = new TZDate(instant, zone);
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${local.getFullYear()}-${pad(local.getMonth() + 1)}-${pad(local.getDate())}`;
}

/** The first instant of the natural day after the one that `instant` lies in. */
export function nextMidnight(instant: Date, zone: string): Date {
  const local = new TZDate(instant, zone);
  return new Date(new TZDate(local.getFullYear(), local.getMonth(), local.getDate() + 1, zone).getTime());
}

export function dayOfMonth(instant: Date, zone: string): number {
  return new TZDate(instant, zone).getDate();
}

/** Same wall-clock time `days` natural days later (or earlier). */
export function addDays(instant: Date, days: number, zone: string): Date {
  const local = new TZDate(instant, zone);
  local.setDate(local.getDate() + days);
  return new Date(local.getTime());
}

/**
 * The end of `months` months that begin at `start`, on the anchor day where that month has it:
 * 31 January → 28 February → 31 March.
 */
export function addMonthsAnchored(start: Date, months: number, anchorDay: number, zone: string): Date {
  const target = addMonths(setDate(new TZDate(start, zone), 1), months);
  return new Date(setDate(target, Math.min(anchorDay, getDaysInMonth(target))).getTime());
}

export function addMs(instant: Date, ms: number): Date {
  return new Date(instant.getTime() + ms);
}

export function addMinutes(instant: Date, minutes: number): Date {
  return addMs(instant, minutes * 60_000);
}

/** How many midnights of that zone lie between two instants; 0 within one natural day. */
export function naturalDaysBetween(from: Date, to: Date, zone: string): number {
  return differenceInCalendarDays(new TZDate(to, zone), new TZDate(from, zone));
}

/** Whole 24-hour days from `from` to `to`, rounded up; never negative. */
export function daysLeft(from: Date, to: Date): number {
  return Math.max(0, Math.ceil((to.getTime() - from.getTime()) / DAY_MS));
}

/** "2026-02-28 09:30" in that zone, for people. */
export function wallClock(instant: Date, zone: string): string {
  const local = new TZDate(instant, zone);
  const pad = (value: number) => String(value).padStart(2, '0');
  return `${naturalDay(instant, zone)} ${pad(local.getHours())}:${pad(local.getMinutes())}`;
}

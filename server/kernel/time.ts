import { tzOffset } from '@date-fns/tz/tzOffset';

/**
 * Business time. Instants are UTC; natural days and months are those of the brand's zone
 * (an IANA name such as "Asia/Shanghai"), never those of the host.
 */

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;
/** Zones change their offset at the bounds of these, so that within one it is asked for once (Intl is slow). */
const QUARTER_MS = 15 * MINUTE_MS;
const REMEMBERED = 100_000;
const offsets = new Map<string, Map<number, number>>();

/** How far local time is ahead of UTC, in ms. */
function offset(ms: number, zone: string): number {
  const known = offsets.get(zone) ?? new Map<number, number>();
  offsets.set(zone, known);
  const quarter = Math.floor(ms / QUARTER_MS);
  let found = known.get(quarter);
  if (found === undefined) {
    if (known.size >= REMEMBERED) known.clear();
    found = tzOffset(zone, new Date(ms)) * MINUTE_MS;
    known.set(quarter, found);
  }
  return found;
}

/** The wall clock of that zone, in the UTC fields of a Date. */
function local(instant: Date, zone: string): Date {
  const ms = instant.getTime();
  return new Date(ms + offset(ms, zone));
}

/** The instant of a wall clock: of two that show it the first; of none (spring forward) as far past the gap. */
function instantOf(wall: number, zone: string): Date {
  const before = offset(wall - DAY_MS, zone);
  const after = offset(wall + DAY_MS, zone);
  const early = wall - before;
  const late = wall - after;
  return new Date(offset(early, zone) === before || offset(late, zone) !== after ? early : late);
}

/** "2026-02-28" in that zone. */
export function naturalDay(instant: Date, zone: string): string {
  return local(instant, zone).toISOString().slice(0, 10);
}

/** The first instant of the natural day after the one that `instant` lies in. */
export function nextMidnight(instant: Date, zone: string): Date {
  const wall = local(instant, zone);
  return instantOf(Date.UTC(wall.getUTCFullYear(), wall.getUTCMonth(), wall.getUTCDate() + 1), zone);
}

export function dayOfMonth(instant: Date, zone: string): number {
  return local(instant, zone).getUTCDate();
}

/** Same wall-clock time `days` natural days later (or earlier). */
export function addDays(instant: Date, days: number, zone: string): Date {
  return instantOf(local(instant, zone).getTime() + days * DAY_MS, zone);
}

/**
 * The end of `months` months that begin at `start`, on the anchor day where that month has it:
 * 31 January → 28 February → 31 March.
 */
export function addMonthsAnchored(start: Date, months: number, anchorDay: number, zone: string): Date {
  const wall = local(start, zone);
  const [year, month] = [wall.getUTCFullYear(), wall.getUTCMonth() + months];
  const lastDay = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const timeOfDay = wall.getTime() - Date.UTC(year, wall.getUTCMonth(), wall.getUTCDate());
  return instantOf(Date.UTC(year, month, Math.min(anchorDay, lastDay)) + timeOfDay, zone);
}

export function addMs(instant: Date, ms: number): Date {
  return new Date(instant.getTime() + ms);
}

export function addMinutes(instant: Date, minutes: number): Date {
  return addMs(instant, minutes * MINUTE_MS);
}

/** How many midnights of that zone lie between two instants; 0 within one natural day. */
export function naturalDaysBetween(from: Date, to: Date, zone: string): number {
  const day = (instant: Date) => Math.floor(local(instant, zone).getTime() / DAY_MS);
  return day(to) - day(from);
}

/** Whole 24-hour days from `from` to `to`, rounded up; never negative. */
export function daysLeft(from: Date, to: Date): number {
  return Math.max(0, Math.ceil((to.getTime() - from.getTime()) / DAY_MS));
}

/** "2026-02-28 09:30" in that zone, for people. */
export function wallClock(instant: Date, zone: string): string {
  return local(instant, zone).toISOString().slice(0, 16).replace('T', ' ');
}

/**
 * The instant at which that zone's clock shows "2026-02-28" (the first of the day) or "2026-02-28 09:30"; null for a
 * day that no calendar has.
 */
export function fromWallClock(text: string, zone: string): Date | null {
  const parts = /^(\d{4}-\d{2}-\d{2})(?:[ T]([01]\d|2[0-3]):([0-5]\d))?$/.exec(text);
  if (!parts) return null;
  const [, day = '', hour = '0', minute = '0'] = parts;
  const midnight = Date.parse(`${day}T00:00:00Z`);
  if (Number.isNaN(midnight) || new Date(midnight).toISOString().slice(0, 10) !== day) return null;
  return instantOf(midnight + (Number(hour) * 60 + Number(minute)) * MINUTE_MS, zone);
}

/** Remembers what it answers, for batches of what mostly falls on few instants. */
export function byInstant<T>(of: (instant: Date) => T): (instant: Date) => T {
  const known = new Map<number, T>();
  return (instant) => {
    const at = instant.getTime();
    const found = known.get(at);
    if (found !== undefined) return found;
    const made = of(instant);
    known.set(at, made);
    return made;
  };
}

import { addDays, addMinutes, addMonthsAnchored, dayOfMonth, fromWallClock } from '#kernel/time.ts';

/** As far as a clock is moved in one go, in days. */
export const FARTHEST_DAYS = 3_660;

/** Where "45min", "12h", "30d" or "3mo" leads: natural days and months of that zone. Null when it is no such span. */
export function spanFrom(now: Date, span: string, zone: string): Date | null {
  const [, count, unit] = /^(\d{1,6})(min|h|d|mo)$/.exec(span) ?? [];
  const many = Number(count);
  if (!unit || many === 0) return null;
  if (unit === 'min') return addMinutes(now, many);
  if (unit === 'h') return addMinutes(now, many * 60);
  if (unit === 'd') return addDays(now, many, zone);
  return addMonthsAnchored(now, many, dayOfMonth(now, zone), zone);
}

/** "2027-03-01", "2027-03-01 09:30" of that zone, or an instant such as 2027-03-01T01:30:00Z; null for anything else. */
export function instantFrom(text: string, zone: string): Date | null {
  const local = fromWallClock(text, zone);
  if (local) return local;
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:\d{2})$/.test(text)) return null;
  const instant = new Date(text);
  return Number.isNaN(instant.getTime()) ? null : instant;
}

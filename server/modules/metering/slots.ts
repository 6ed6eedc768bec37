import { TZDate } from '@date-fns/tz/date';
import { naturalDay } from '#kernel/time.ts';

/** Slots of time in which usage is read and charged: hours, natural days and months of the brand's zone. */
export type Grain = 'hour' | 'day' | 'month';

function startOf(instant: Date, grain: Grain, zone: string, further: number): Date {
  const local = new TZDate(instant, zone);
  const [year, month, day] = [local.getFullYear(), local.getMonth(), local.getDate()];
  const start =
    grain === 'hour'
      ? // Hours are counted in time that passes: a clock put back has two of the same name.
        new Date(instant.getTime() - minutesPast(local) + further * 3_600_000)
      : grain === 'day'
        ? new TZDate(year, month, day + further, zone)
        : new TZDate(year, month + further, 1, zone);
  return new Date(start.getTime());
}

function minutesPast(local: TZDate): number {
  return local.getMinutes() * 60_000 + local.getSeconds() * 1_000 + local.getMilliseconds();
}

export function slotStart(instant: Date, grain: Grain, zone: string): Date {
  return startOf(instant, grain, zone, 0);
}

export function slotEnd(instant: Date, grain: Grain, zone: string): Date {
  return startOf(instant, grain, zone, 1);
}

/** Slots from the one that `from` lies in to the last that has ended by `to`. */
export function slotsBetween(from: Date, to: Date, grain: Grain, zone: string): { start: Date; end: Date }[] {
  const slots: { start: Date; end: Date }[] = [];
  for (let start = slotStart(from, grain, zone); ; ) {
    const end = slotEnd(start, grain, zone);
    if (end > to) return slots;
    slots.push({ start, end });
    start = end;
  }
}

/** The first instant of a natural day, "2026-02-28". */
export function dayStart(day: string, zone: string): Date {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(new TZDate(year, month - 1, date, zone).getTime());
}

/** The first day of the natural month that an instant lies in, "2026-02-01". */
export function monthOf(instant: Date, zone: string): string {
  return `${naturalDay(instant, zone).slice(0, 7)}-01`;
}

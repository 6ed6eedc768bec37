import { dayStart, formatInstant } from './time.tsx';

/** The instant of "2026-03-02 09:30" on the clocks of a zone; null for anything else. */
export function wallInstant(text: string, zone: string): string | null {
  const match = /^(\d{4}-\d\d-\d\d)[ T](\d\d):(\d\d)$/.exec(text.trim());
  if (!match) return null;
  const [, day = '', hour = '', minute = ''] = match;
  if (Number.isNaN(Date.parse(`${day}T${hour}:${minute}:00Z`))) return null;
  const ms = Date.parse(dayStart(day, zone)) + (Number(hour) * 60 + Number(minute)) * 60_000;
  const instant = new Date(ms).toISOString();
  // Where the clocks change between midnight and then, what they show decides.
  const seen = formatInstant(instant, zone, 'zh', 'minute');
  const off = Date.parse(`${day}T${hour}:${minute}:00Z`) - Date.parse(`${seen.replace(' ', 'T')}:00Z`);
  return new Date(ms + off).toISOString();
}

import { useSuspenseQuery } from '@tanstack/react-query';
import { brandQuery } from '../api/queries.ts';
import { useTexts } from '../i18n/texts.ts';

/** How an instant is written: in the brand's zone, whatever the browser's is. */
export function useTimeFormat() {
  const { locale } = useTexts();
  const { zone } = useSuspenseQuery(brandQuery).data;
  return {
    zone,
    instant: (at: string, parts: 'date' | 'minute' | 'second' = 'minute') =>
      formatInstant(at, zone, locale, parts),
    span: (ms: number) => formatSpan(ms, locale),
  };
}

export function formatInstant(
  at: string,
  zone: string,
  locale: 'zh' | 'en',
  parts: 'date' | 'minute' | 'second',
): string {
  const fields = Object.fromEntries(
    new Intl.DateTimeFormat('en-GB', {
      timeZone: zone,
      year: 'numeric',
      month: locale === 'zh' ? '2-digit' : 'short',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      second: '2-digit',
      hourCycle: 'h23',
    })
      .formatToParts(new Date(at))
      .map((part) => [part.type, part.value]),
  );
  const date =
    locale === 'zh'
      ? `${fields.year}-${fields.month}-${fields.day}`
      : `${Number(fields.day)} ${fields.month} ${fields.year}`;
  if (parts === 'date') return date;
  const clock = `${fields.hour}:${fields.minute}${parts === 'second' ? `:${fields.second}` : ''}`;
  return locale === 'zh' ? `${date} ${clock}` : `${date}, ${clock}`;
}

/** The two largest units: "12 天 3 小时", "4 min 20 s". */
export function formatSpan(ms: number, locale: 'zh' | 'en'): string {
  const names = locale === 'zh' ? [' 天', ' 小时', ' 分', ' 秒'] : [' d', ' h', ' min', ' s'];
  const seconds = Math.max(0, Math.round(ms / 1000));
  const counts = [
    Math.floor(seconds / 86_400),
    Math.floor(seconds / 3600) % 24,
    Math.floor(seconds / 60) % 60,
    seconds % 60,
  ];
  const first = counts.findIndex((count) => count > 0);
  if (first === -1) return `0${names[3]}`;
  return [first, first + 1]
    .filter((unit) => unit < 4 && counts[unit]! > 0)
    .map((unit) => `${counts[unit]}${names[unit]}`)
    .join(' ');
}

/** An instant in the brand's zone; the exact one with its zone on hover. */
export function When({ at, parts = 'minute' }: { at: string; parts?: 'date' | 'minute' | 'second' }) {
  const { instant, zone } = useTimeFormat();
  return (
    <time dateTime={at} title={`${instant(at, 'second')} (${zone})`}>
      {instant(at, parts)}
    </time>
  );
}

/** The instant at which a day (2026-03-02) begins in a zone. */
export function dayStart(day: string, zone: string): string {
  const utc = Date.parse(`${day}T00:00:00Z`);
  const seen = formatInstant(new Date(utc).toISOString(), zone, 'zh', 'second').replace(' ', 'T');
  return new Date(utc - (Date.parse(`${seen}Z`) - utc)).toISOString();
}

/** The instant at which it ends. */
export function dayEnd(day: string, zone: string): string {
  const next = new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  return dayStart(next, zone);
}

import { presentMs } from './now.ts';

/** The month that it is in a zone, as the API writes it: 2026-03. */
export function presentMonth(zone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', { timeZone: zone, year: 'numeric', month: '2-digit' })
    .formatToParts(new Date(presentMs()))
    .map(({ type, value }) => [type, value] as const);
  const { year, month } = Object.fromEntries(parts);
  return `${year}-${month}`;
}

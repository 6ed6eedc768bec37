import { type Micro, MoneyError, parseYuan } from '#kernel/money.ts';

/** How China's payment channels write times and amounts, and the one careful way of reading an HTTP body. */

const SHANGHAI_OFFSET_MS = 8 * 3_600_000;

/** "2026-03-01 08:00:00", in UTC+8 (China has had no summer time since 1991). Sub-second parts are dropped. */
export function shanghaiTime(instant: Date): string {
  return new Date(instant.getTime() + SHANGHAI_OFFSET_MS).toISOString().slice(0, 19).replace('T', ' ');
}

/** The instant of a "yyyy-MM-dd HH:mm:ss" (fractions allowed), or null when it isn't one. */
export function readShanghaiTime(text: unknown): Date | null {
  if (typeof text !== 'string') return null;
  if (!/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,3})?$/.test(text)) return null;
  const instant = new Date(`${text.replace(' ', 'T')}+08:00`);
  return Number.isNaN(instant.getTime()) ? null : instant;
}

export function readAmount(text: unknown): Micro | null {
  if (typeof text !== 'string') return null;
  try {
    return parseYuan(text);
  } catch (error) {
    if (error instanceof MoneyError) return null;
    throw error;
  }
}

/** Throws when the body is longer than `limitBytes`, without reading on. */
export async function readBytes(response: Response, limitBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > limitBytes) throw new Error(`answer longer than ${limitBytes} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The same as UTF-8 text. */
export async function readBounded(response: Response, limitBytes: number): Promise<string> {
  return (await readBytes(response, limitBytes)).toString('utf8');
}

/** Why a `fetch` failed, with what Node hides in `cause`. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason';
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${error.message}${cause}`;
}

/** What the drivers say when they have to answer `unknown`; pino's loggers fit. */
export interface DriverLog {
  warn(fields: Record<string, unknown>, message: string): void;
}

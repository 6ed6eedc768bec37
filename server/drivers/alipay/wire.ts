import { type Micro, MoneyError, parseYuan, toFen } from '#kernel/money.ts';
import type { TradeState } from '#modules/payments/driver.ts';

/** How Alipay writes times and amounts, and the one careful way of reading an HTTP body. */

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

/** "12.30". Throws MoneyError for what isn't a positive number of whole fen or is above Alipay's limit. */
export function alipayAmount(amount: Micro): string {
  const fen = toFen(amount);
  if (fen <= 0n || fen > 10_000_000_000n) throw new MoneyError('Alipay takes 0.01 to 100000000.00 yuan');
  return `${fen / 100n}.${String(fen % 100n).padStart(2, '0')}`;
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

export function checkNumber(number: string): void {
  if (!/^[0-9A-Za-z_]{1,64}$/.test(number)) throw new RangeError('a number is 1 to 64 of 0-9 A-Z a-z _');
}

/** Alipay forbids / = & in subjects: they return in the signed text of notifications and could be cut there. */
export function plainText(text: string, length: number): string {
  const plain = text.replace(/[/=&<>"'\\\p{Cc}]/gu, ' ').trim();
  return [...plain].slice(0, length).join('') || 'Cloudpact';
}

/** TRADE_CLOSED after a payment means that all of it went back (交易状态说明). */
export function tradeState(status: unknown, paidAt: Date | null): TradeState {
  const states: Record<string, TradeState> = {
    WAIT_BUYER_PAY: 'unpaid',
    TRADE_SUCCESS: 'paid',
    TRADE_FINISHED: 'paid',
    TRADE_CLOSED: paidAt ? 'refunded' : 'closed',
  };
  return typeof status === 'string' ? (states[status] ?? 'unknown') : 'unknown';
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

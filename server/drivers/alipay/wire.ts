import { type Micro, MoneyError, toFen } from '#kernel/money.ts';
import type { TradeState } from '#modules/payments/driver.ts';

/** How Alipay writes amounts and texts, and what its states mean. */

/** "12.30". Throws MoneyError for what isn't a positive number of whole fen or is above Alipay's limit. */
export function alipayAmount(amount: Micro): string {
  const fen = toFen(amount);
  if (fen <= 0n || fen > 10_000_000_000n) throw new MoneyError('Alipay takes 0.01 to 100000000.00 yuan');
  return `${fen / 100n}.${String(fen % 100n).padStart(2, '0')}`;
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

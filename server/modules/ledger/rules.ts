import type { Micro } from '#kernel/money.ts';
import { problems } from '#kernel/problem.ts';
import type { AccountKind } from './tables.ts';

export interface AccountRef {
  kind: AccountKind;
  /** Customer id, product id or payment channel, by kind. */
  owner: string;
}

/** One side of a posting: positive is credit (we owe or have earned more), negative is debit. */
export interface Line {
  account: AccountRef;
  amount: Micro;
}

export interface Posting {
  kind: string;
  /** With `sourceId`, names the cause: the same cause is posted once. */
  source: string;
  sourceId: string;
  lines: Line[];
  reverses?: string;
  memo?: Record<string, string>;
}

/** What is a customer's own can't fall below zero: nobody spends what isn't there. */
const OWNED: readonly AccountKind[] = [
  'customer_cash',
  'customer_gift',
  'customer_frozen',
  'withdrawal_transit',
];

export function floorOf(kind: AccountKind): Micro | null {
  return OWNED.includes(kind) ? 0n : null;
}

export const problem = problems({
  'insufficient-balance': {
    status: 402,
    title: { zh: '余额不足', en: 'Not enough balance' },
    remedy: { zh: '还差 {missing} 元，请先充值。', en: 'CNY {missing} is missing; top up first.' },
  },
});

import type { Micro } from '#kernel/money.ts';
import { problems } from '#kernel/problem.ts';
import type { AccountKind } from './tables.ts';

/** `owner`: customer id, product id, payment channel or name, by kind. A gift is its grant's, and says whose grant. */
export type AccountRef =
  | { kind: Exclude<AccountKind, 'customer_gift'>; owner: string }
  | { kind: 'customer_gift'; owner: string; customer: string };

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
  /** Id of the transaction that this one corrects. */
  reverses?: string;
  memo?: Record<string, string>;
}

const CUSTOMERS: readonly AccountKind[] = [
  'customer_cash',
  'customer_frozen',
  'receivable',
  'withdrawal_transit',
];

/** Whose the account is, where it is a customer's. */
export function customerOf(account: AccountRef): string | null {
  if (account.kind === 'customer_gift') return account.customer;
  return CUSTOMERS.includes(account.kind) ? account.owner : null;
}

export const problem = problems({
  'insufficient-balance': {
    status: 402,
    title: { zh: '余额不足', en: 'Not enough balance' },
    remedy: { zh: '还差 {missing} 元，请先充值。', en: 'CNY {missing} is missing; top up first.' },
  },
  'ledger-day-closed': {
    status: 409,
    title: { zh: '当日账目已结', en: 'The books of that day are closed' },
    remedy: { zh: '没有产生任何费用，请重试。', en: 'Nothing was charged; try again.' },
  },
  'already-reversed': {
    status: 409,
    title: { zh: '这笔账目已经冲正', en: 'That transaction was reversed already' },
    remedy: { zh: '请查看已有的冲正记录。', en: 'See the reversal that is on record.' },
  },
  'report-too-long': {
    status: 422,
    title: { zh: '报表行数过多', en: 'The report has too many rows' },
    remedy: {
      zh: '一个文件最多 {rows} 行，请缩小时间范围。',
      en: 'A file holds at most {rows} rows; narrow the period.',
    },
  },
});

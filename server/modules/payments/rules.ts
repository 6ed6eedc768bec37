import type { Micro } from '#kernel/money.ts';
import { problems } from '#kernel/problem.ts';
import type { TradeFacts } from './driver.ts';

export const PAYMENT_MINUTES = 30;
/** A pending payment is asked after at these minutes from its start, then every half hour until it is settled. */
const QUERY_MINUTES = [1, 3, 8, 15, 32];
/** How long an expired trade of which nothing could be learnt is asked after like that. */
export const PAYMENT_WATCH_HOURS = 24;
/** From then on, until the channel says what became of it. */
export const UNKNOWN_AGAIN_HOURS = 12;
export const TOP_UP_MAX: Micro = 50_000_000_000n;

export const problem = problems({
  'amount-out-of-range': {
    status: 422,
    title: { zh: '充值金额超出范围', en: 'This amount can’t be topped up' },
    remedy: { zh: '每次可充值 0.01 至 {max} 元。', en: 'Between CNY 0.01 and {max} at a time.' },
  },
  'channel-unavailable': {
    status: 503,
    title: { zh: '支付渠道暂不可用', en: 'This payment channel is not available' },
    remedy: { zh: '请换一种支付方式或稍后再试。', en: 'Choose another one, or try later.' },
  },
  'channel-refused': {
    status: 422,
    title: { zh: '支付渠道拒绝了这笔付款', en: 'The payment channel refused this payment' },
    remedy: {
      zh: '请重新发起一笔付款，或换一种支付方式。',
      en: 'Begin another payment, or choose another channel.',
    },
  },
  'way-unsupported': {
    status: 422,
    title: { zh: '该渠道不支持这种付款方式', en: 'This channel has no such way to pay' },
    remedy: { zh: '可用的付款方式：{ways}。', en: 'It has: {ways}.' },
  },
  'payment-ended': {
    status: 409,
    title: { zh: '这笔付款已结束', en: 'This payment has ended' },
    remedy: { zh: '请重新发起一笔付款。', en: 'Begin another payment.' },
  },
});

export function nextQueryMinutes(queries: number): number {
  return QUERY_MINUTES[queries] ?? QUERY_MINUTES.at(-1)! + 30 * (queries - QUERY_MINUTES.length + 1);
}

export interface Expected {
  amount: Micro;
  appId: string;
  sellerId: string;
}

/** What a channel says of a paid trade against what we asked for; null when all agrees (F38). */
export function discrepancy(expected: Expected, facts: TradeFacts): string | null {
  if (facts.amount !== expected.amount) return 'amount differs';
  if (facts.currency !== null && facts.currency !== 'CNY') return 'currency differs';
  if (facts.appId !== null && facts.appId !== expected.appId) return 'app id differs';
  if (facts.sellerId !== null && facts.sellerId !== expected.sellerId) return 'seller id differs';
  if (facts.state === 'refunded') return 'refunded at the channel before it was credited';
  return null;
}

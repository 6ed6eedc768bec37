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
  'channel-not-offered': {
    status: 422,
    title: { zh: '这里不提供这种支付渠道', en: 'This payment channel is not offered here' },
    remedy: { zh: '请选择支付页面列出的渠道。', en: 'Choose one that the payment page lists.' },
  },
  'transfers-open': {
    status: 409,
    title: { zh: '待处理的转账过多', en: 'Too many transfers wait already' },
    remedy: {
      zh: '最多同时有 {max} 笔待处理的转账，请等已有转账处理完毕。',
      en: 'At most {max} wait at once; let those be decided first.',
    },
  },
  'payer-needed': {
    status: 422,
    title: { zh: '缺少付款人标识', en: 'Who pays is missing' },
    remedy: {
      zh: '在微信内付款需要付款人的 OpenID。',
      en: 'Paying inside WeChat needs the payer’s OpenID.',
    },
  },
  'payment-ended': {
    status: 409,
    title: { zh: '这笔付款已结束', en: 'This payment has ended' },
    remedy: { zh: '请重新发起一笔付款。', en: 'Begin another payment.' },
  },
  'held-decided': {
    status: 409,
    title: { zh: '这笔挂账已处理', en: 'This held payment has been decided' },
    remedy: { zh: '请刷新列表。', en: 'Reload the list.' },
  },
  'held-act-impossible': {
    status: 422,
    title: { zh: '这笔挂账不能这样处理', en: 'This held payment can’t be decided like that' },
    remedy: { zh: '可用的处理方式：{acts}。', en: 'Possible: {acts}.' },
  },
  'account-erased': {
    status: 409,
    title: {
      zh: '该客户账户已删除，不能入账',
      en: 'This customer’s account was erased; nothing can be credited',
    },
    remedy: { zh: '请将款项退回付款人。', en: 'Return the money to whoever paid it.' },
  },
  'held-customer-needed': {
    status: 422,
    title: { zh: '请指定入账的客户', en: 'Name the customer to credit' },
    remedy: {
      zh: '这笔钱没有对应的付款，请先查明属于哪位客户。',
      en: 'The money names no payment of ours; find out whose it is.',
    },
  },
  'held-money-there': {
    status: 409,
    title: { zh: '渠道表示这笔钱仍在', en: 'The channel says that the money is there' },
    remedy: {
      zh: '渠道当前状态：{state}。请入账或退回，不能忽略。',
      en: 'Its state at the channel: {state}. Credit it or send it back; it can’t be dismissed.',
    },
  },
  'payment-unconfirmed': {
    status: 409,
    title: { zh: '渠道没有确认这笔付款', en: 'The channel does not confirm this payment' },
    remedy: {
      zh: '渠道当前状态：{state}。只有渠道确认已收到的钱才能入账或退回；部分退款的请填写剩余金额。',
      en: 'Its state at the channel: {state}. Only what the channel confirms can be credited or sent back; of one that went back in part, give what is left.',
    },
  },
  'refund-impossible': {
    status: 409,
    title: { zh: '这笔付款不能原路退回', en: 'This payment can’t go back the way it came' },
    remedy: {
      zh: '只有一年内经支付宝或微信支付到账的钱可以原路退回。',
      en: 'Only what came through Alipay or WeChat Pay within a year can.',
    },
  },
  'refund-above-payment': {
    status: 409,
    title: { zh: '退款超过了可退金额', en: 'More than can be refunded' },
    remedy: { zh: '这笔付款最多还能退 {left} 元。', en: 'CNY {left} of this payment is left to refund.' },
  },
});

/** A refund is asked after at these minutes from the last time, then every hour until it is known. */
const REFUND_MINUTES = [1, 1, 3, 10, 30];
/** Neither channel takes refunds of trades older than a year. */
export const REFUND_DAYS = 365;
/** A transfer that nobody proved is closed after these; a late one is credited all the same. */
export const TRANSFER_DAYS = 30;
/** So many announced transfers of a customer wait at once; each may bring slips of several megabytes. */
export const TRANSFERS_OPEN = 10;
export const TRANSFER_MAX: Micro = 10_000_000_000_000n;

export function nextRefundMinutes(asked: number): number {
  return REFUND_MINUTES[asked] ?? 60;
}

/**
 * What the channel confirms to have for us of a trade, asked directly; null when it doesn't. Of one that went back in
 * part the channel doesn't say how much is left: then it is `stated`, within what was paid.
 */
export function confirmedPaid(trade: TradeFacts, stated: Micro | undefined): Micro | null {
  const { amount, currency, state } = trade;
  if (amount === null || amount <= 0n || (currency !== null && currency !== 'CNY')) return null;
  if (state === 'paid') return stated === undefined || stated === amount ? amount : null;
  return state === 'refunded' && stated !== undefined && stated > 0n && stated <= amount ? stated : null;
}

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

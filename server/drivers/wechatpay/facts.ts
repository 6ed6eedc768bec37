import type { RefundFacts, RefundState, TradeFacts, TradeState } from '#modules/payments/driver.ts';
import { readFen, readRfc3339, textOf } from './wire.ts';

/** WeChat Pay's words for trades and refunds, as the port has them. */

const TRADE_STATES: Record<string, TradeState> = {
  SUCCESS: 'paid',
  REFUND: 'refunded',
  NOTPAY: 'unpaid',
  USERPAYING: 'unpaid',
  PAYERROR: 'unpaid',
  CLOSED: 'closed',
  REVOKED: 'closed',
};

const REFUND_STATES: Record<string, RefundState> = {
  SUCCESS: 'succeeded',
  PROCESSING: 'processing',
  CLOSED: 'closed',
  ABNORMAL: 'abnormal',
};

function amountOf(content: Record<string, unknown>): Record<string, unknown> {
  const { amount } = content;
  return typeof amount === 'object' && amount !== null ? (amount as Record<string, unknown>) : {};
}

export function emptyFacts(outTradeNo: string, state: TradeState): TradeFacts {
  const unsaid = { tradeNo: null, amount: null, currency: null, appId: null, sellerId: null, paidAt: null };
  return { outTradeNo, state, ...unsaid };
}

/** Of a query or a notification, which both always name app, merchant and currency: one that doesn't must not pass. */
export function tradeFacts(outTradeNo: string, content: Record<string, unknown>): TradeFacts {
  const amount = amountOf(content);
  const state = textOf(content.trade_state) ?? '';
  return {
    outTradeNo,
    tradeNo: textOf(content.transaction_id),
    state: Object.hasOwn(TRADE_STATES, state) ? TRADE_STATES[state]! : 'unknown',
    amount: readFen(amount.total),
    currency: textOf(amount.currency) ?? '',
    appId: textOf(content.appid) ?? '',
    sellerId: textOf(content.mchid) ?? '',
    paidAt: readRfc3339(content.success_time),
  };
}

export function emptyRefund(outTradeNo: string, outRefundNo: string, state: RefundState): RefundFacts {
  const unsaid = { refundNo: null, amount: null, appId: null, sellerId: null, refundedAt: null };
  return { outTradeNo, outRefundNo, state, ...unsaid };
}

/** The state is `status` in answers and `refund_status` in notifications, which alone name the merchant. */
export function refundFacts(content: Record<string, unknown>): RefundFacts {
  const state = textOf(content.status ?? content.refund_status) ?? '';
  return {
    outTradeNo: textOf(content.out_trade_no) ?? '',
    outRefundNo: textOf(content.out_refund_no) ?? '',
    refundNo: textOf(content.refund_id),
    state: Object.hasOwn(REFUND_STATES, state) ? REFUND_STATES[state]! : 'unknown',
    amount: readFen(amountOf(content).refund),
    appId: null,
    sellerId: textOf(content.mchid),
    refundedAt: readRfc3339(content.success_time),
  };
}

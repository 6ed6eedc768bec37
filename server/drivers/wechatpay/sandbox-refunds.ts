import type { Desk } from './sandbox.ts';
import { done, type Outcome } from './sandbox-api.ts';
import { digits, type Refund, type Trade } from './sandbox-book.ts';
import { fault } from './sandbox-wire.ts';
import { readObject, rfc3339 } from './wire.ts';

/** Refunds at the local WeChat Pay: taken at once, ended when somebody looks or a notification is due. */

interface RefundOrder {
  out_trade_no?: unknown;
  out_refund_no?: unknown;
  notify_url?: unknown;
  amount?: { refund?: unknown; total?: unknown; currency?: unknown };
}

/** What has gone back or is on its way. */
function given(trade: Trade): number {
  return trade.refunds
    .filter(({ status }) => status !== 'CLOSED')
    .reduce((sum, { refund }) => sum + refund, 0);
}

export function refund(desk: Desk, body: string, now: Date): Outcome {
  const order = (readObject(body) ?? {}) as RefundOrder;
  const { out_trade_no: outTradeNo, out_refund_no: outRefundNo, amount = {} } = order;
  if (typeof outRefundNo !== 'string' || !/^[0-9A-Za-z_\-|*@]{1,64}$/.test(outRefundNo))
    return fault(400, 'PARAM_ERROR', 'out_refund_no');
  if (!Number.isSafeInteger(amount.refund) || (amount.refund as number) < 1 || amount.currency !== 'CNY')
    return fault(400, 'PARAM_ERROR', 'amount');
  const trade = desk.book.trades.get(String(outTradeNo));
  if (!trade) return fault(404, 'RESOURCE_NOT_EXISTS', '订单不存在');
  if (!trade.successTime) return fault(400, 'INVALID_REQUEST', '订单未支付');
  if (amount.total !== trade.total)
    return fault(400, 'INVALID_REQUEST', '订单金额或退款金额与之前请求不一致');
  const known = desk.book.refund(outRefundNo);
  if (known) {
    if (known.trade !== trade || known.refund.refund !== amount.refund)
      return fault(400, 'INVALID_REQUEST', '订单金额或退款金额与之前请求不一致，请核实后再试');
    return done(refundContent(known.trade, known.refund));
  }
  if (given(trade) + (amount.refund as number) > trade.total)
    return fault(400, 'INVALID_REQUEST', '申请退款金额超过可退金额');
  if (desk.faults.refundBroke) return fault(403, 'NOT_ENOUGH', '基本账户余额不足，请充值后重新发起');
  const made: Refund = {
    refundId: `50${digits(26)}`,
    outRefundNo,
    refund: amount.refund as number,
    notifyUrl: typeof order.notify_url === 'string' ? order.notify_url : null,
    status: 'PROCESSING',
    createTime: rfc3339(now),
    successTime: null,
  };
  trade.refunds.push(made);
  trade.state = 'REFUND';
  desk.book.save();
  const answer = done(refundContent(trade, made));
  endRefunds(desk, now);
  return answer;
}

/** Those under way end, unless the fault holds them back. */
export function endRefunds({ book, faults }: Desk, now: Date): void {
  if (faults.refundSlow) return;
  for (const trade of book.trades.values()) {
    for (const one of trade.refunds)
      if (one.status === 'PROCESSING') book.endRefund(trade, one, faults.refundEnds, now);
  }
}

export function queryRefund(desk: Desk, outRefundNo: string, now: Date): Outcome {
  endRefunds(desk, now);
  const found = desk.book.refund(outRefundNo);
  if (!found) return fault(404, 'RESOURCE_NOT_EXISTS', '退款单不存在');
  return done(refundContent(found.trade, found.refund));
}

function refundContent(trade: Trade, one: Refund): Record<string, unknown> {
  return {
    refund_id: one.refundId,
    out_refund_no: one.outRefundNo,
    transaction_id: trade.transactionId,
    out_trade_no: trade.outTradeNo,
    channel: 'ORIGINAL',
    user_received_account: '支付用户零钱',
    create_time: one.createTime,
    ...(one.successTime ? { success_time: one.successTime } : {}),
    status: one.status,
    funds_account: 'AVAILABLE',
    amount: amountOf(trade, one),
  };
}

function amountOf(trade: Trade, one: Refund): Record<string, unknown> {
  const { refund: back } = one;
  return {
    ...{ total: trade.total, refund: back, payer_total: trade.total, payer_refund: back, from: [] },
    ...{ settlement_refund: back, settlement_total: trade.total, discount_refund: 0, currency: 'CNY' },
  };
}

/** What a refund's notification says, which is less than the query. */
export function refundNoticeContent(mchId: string, trade: Trade, one: Refund): Record<string, unknown> {
  return {
    mchid: mchId,
    transaction_id: trade.transactionId,
    out_trade_no: trade.outTradeNo,
    refund_id: one.refundId,
    out_refund_no: one.outRefundNo,
    refund_status: one.status,
    ...(one.successTime ? { success_time: one.successTime } : {}),
    user_received_account: '支付用户零钱',
    amount: { total: trade.total, refund: one.refund, payer_total: trade.total, payer_refund: one.refund },
  };
}

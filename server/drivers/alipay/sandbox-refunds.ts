import { shanghaiTime } from '../channel-wire.ts';
import { fenOf, yuanOf } from '../stand-in/faults.ts';
import type { Trade, TradeBook } from './sandbox-book.ts';
import type { AlipayFaults } from './sandbox-faults.ts';
import { BUYER_ID, type Fields, refusal } from './sandbox-wire.ts';

/** alipay.trade.refund and alipay.trade.fastpay.refund.query of the local gateway. */

function refunded(trade: Trade): bigint {
  return trade.refunds.reduce((sum, { amount }) => sum + fenOf(amount), 0n);
}

/** A refund of an amount that is known already answers as the first did, with `fund_change` N. */
export function refundAnswer(
  book: TradeBook,
  trade: Trade,
  biz: Fields,
  faults: AlipayFaults,
  now: Date,
): Fields {
  const { refund_amount: amount = '', out_request_no: outRequestNo = trade.outTradeNo } = biz;
  if (!/^(?!0+\.00$)\d{1,9}\.\d{2}$/.test(amount) || !/^[0-9A-Za-z_]{1,64}$/.test(outRequestNo))
    return refusal('40004', 'ACQ.INVALID_PARAMETER', 'refund_amount');
  if (!trade.gmtPayment) return refusal('40004', 'ACQ.TRADE_STATUS_ERROR', '交易状态不合法');
  const known = trade.refunds.find((refund) => refund.outRequestNo === outRequestNo);
  if (known && known.amount !== amount)
    return refusal('40004', 'ACQ.DISCORDANT_REPEAT_REQUEST', '不一致的请求');
  if (!known) {
    if (refunded(trade) + fenOf(amount) > fenOf(trade.totalAmount))
      return refusal('40004', 'ACQ.REFUND_AMT_NOT_EQUAL_TOTAL', '退款金额超限');
    if (faults.refundBroke) return refusal('40004', 'ACQ.SELLER_BALANCE_NOT_ENOUGH', '卖家余额不足');
    const refund = { outRequestNo, amount, gmtRefund: shanghaiTime(now) };
    trade.refunds.push(refund);
    if (refunded(trade) === fenOf(trade.totalAmount)) {
      trade.status = 'TRADE_CLOSED';
      trade.gmtClose = shanghaiTime(now);
    }
    book.announce(trade, now, refund);
  }
  const change = known || faults.refundSlow ? 'N' : 'Y';
  return {
    code: '10000',
    msg: 'Success',
    buyer_logon_id: 'san***@sandbox.local',
    buyer_user_id: BUYER_ID,
    fund_change: change,
    ...(change === 'Y' ? { gmt_refund_pay: shanghaiTime(now) } : {}),
    out_trade_no: trade.outTradeNo,
    refund_fee: yuanOf(refunded(trade)),
    trade_no: trade.tradeNo,
  };
}

/** Without `refund_status` where there is no such refund, or it is still on its way. */
export function refundQueryAnswer(trade: Trade, biz: Fields, faults: AlipayFaults): Fields {
  const refund = trade.refunds.find(({ outRequestNo }) => outRequestNo === biz.out_request_no);
  if (!refund || faults.refundSlow) return { code: '10000', msg: 'Success' };
  return {
    code: '10000',
    msg: 'Success',
    gmt_refund_pay: refund.gmtRefund,
    out_request_no: refund.outRequestNo,
    out_trade_no: trade.outTradeNo,
    refund_amount: refund.amount,
    refund_status: 'REFUND_SUCCESS',
    total_amount: trade.totalAmount,
    trade_no: trade.tradeNo,
  };
}

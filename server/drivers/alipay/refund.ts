import {
  GatewayRefusal,
  GatewayUnknown,
  type RefundFacts,
  type RefundRequest,
  type RefundState,
} from '#modules/payments/driver.ts';
import { type DriverLog, readAmount, readShanghaiTime } from '../channel-wire.ts';
import type { AlipayClient } from './client.ts';
import { alipayAmount, checkNumber, plainText } from './wire.ts';

/** alipay.trade.refund and alipay.trade.fastpay.refund.query. */

function facts(outTradeNo: string, outRefundNo: string, state: RefundState): RefundFacts {
  const unsaid = { refundNo: null, amount: null, appId: null, sellerId: null, refundedAt: null };
  return { outTradeNo, outRefundNo, state, ...unsaid };
}

/**
 * `fund_change` Y: the money went now. Otherwise it went before or is still on its way, and only the query tells.
 * Throws GatewayRefusal: too much, another amount under the same number, no balance, no such trade, too old.
 */
export async function refund(
  client: AlipayClient,
  request: RefundRequest,
  log?: DriverLog,
): Promise<RefundFacts> {
  const { outTradeNo, outRefundNo } = request;
  checkNumber(outTradeNo);
  checkNumber(outRefundNo);
  const content = {
    outTradeNo,
    outRequestNo: outRefundNo,
    refundAmount: alipayAmount(request.amount),
    refundReason: plainText(request.reason, 80),
  };
  try {
    const answer = await client.call('alipay.trade.refund', content);
    if (answer.out_trade_no !== outTradeNo)
      throw new GatewayUnknown('alipay.trade.refund: answer of another trade');
    if (answer.fund_change === 'Y') {
      return {
        ...facts(outTradeNo, outRefundNo, 'succeeded'),
        amount: request.amount,
        refundedAt: readShanghaiTime(answer.gmt_refund_pay),
      };
    }
  } catch (error) {
    if (!(error instanceof GatewayUnknown)) throw error;
    log?.warn({ outTradeNo, outRefundNo, reason: error.message }, 'a refund at Alipay: nothing is known');
    return facts(outTradeNo, outRefundNo, 'unknown');
  }
  const standing = await queryRefund(client, outTradeNo, outRefundNo, log);
  // It was taken a moment ago; that the query doesn't show it yet is no denial.
  return standing.state === 'not_found' ? { ...standing, state: 'processing' } : standing;
}

/**
 * An answer without `refund_status` means that the refund wasn't received, or failed; Alipay asks to wait ten
 * seconds after the request before that counts (退款查询).
 */
export async function queryRefund(
  client: AlipayClient,
  outTradeNo: string,
  outRefundNo: string,
  log?: DriverLog,
): Promise<RefundFacts> {
  checkNumber(outTradeNo);
  checkNumber(outRefundNo);
  const content = { outTradeNo, outRequestNo: outRefundNo, queryOptions: ['gmt_refund_pay'] };
  try {
    const answer = await client.call('alipay.trade.fastpay.refund.query', content);
    const { out_trade_no: trade = outTradeNo, out_request_no: number = outRefundNo } = answer;
    if (trade !== outTradeNo || number !== outRefundNo)
      throw new GatewayUnknown('alipay.trade.fastpay.refund.query: answer of another refund');
    if (answer.refund_status !== 'REFUND_SUCCESS') return facts(outTradeNo, outRefundNo, 'not_found');
    return {
      ...facts(outTradeNo, outRefundNo, 'succeeded'),
      amount: readAmount(answer.refund_amount),
      refundedAt: readShanghaiTime(answer.gmt_refund_pay),
    };
  } catch (error) {
    if (error instanceof GatewayRefusal && error.code === 'ACQ.TRADE_NOT_EXIST')
      return facts(outTradeNo, outRefundNo, 'not_found');
    if (!(error instanceof GatewayRefusal || error instanceof GatewayUnknown)) throw error;
    log?.warn({ outTradeNo, outRefundNo, reason: error.message }, 'Alipay could not be asked about a refund');
    return facts(outTradeNo, outRefundNo, 'unknown');
  }
}

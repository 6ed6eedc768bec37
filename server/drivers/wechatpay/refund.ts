import {
  GatewayRefusal,
  GatewayUnknown,
  type RefundFacts,
  type RefundRequest,
} from '#modules/payments/driver.ts';
import type { DriverLog } from '../channel-wire.ts';
import type { WechatPayClient } from './client.ts';
import { emptyRefund, refundFacts } from './facts.ts';
import { checkNumber, wireFen } from './wire.ts';

/** POST and GET /v3/refund/domestic/refunds. */

/** Throws GatewayRefusal: too much, another amount under the same number, no balance, no such trade, too old. */
export async function refund(
  client: WechatPayClient,
  request: RefundRequest,
  log?: DriverLog,
): Promise<RefundFacts> {
  const { outTradeNo, outRefundNo } = request;
  checkNumber(outTradeNo, 32);
  checkNumber(outRefundNo, 64);
  const content = {
    out_trade_no: outTradeNo,
    out_refund_no: outRefundNo,
    reason: [...request.reason].slice(0, 26).join(''),
    notify_url: request.notifyUrl,
    amount: { refund: wireFen(request.amount), total: wireFen(request.total), currency: 'CNY' },
  };
  try {
    return ofThis(outTradeNo, outRefundNo, await client.call('POST', '/v3/refund/domestic/refunds', content));
  } catch (error) {
    if (!(error instanceof GatewayUnknown)) throw error;
    log?.warn({ outTradeNo, outRefundNo, reason: error.message }, 'a refund at WeChat Pay: nothing is known');
    return emptyRefund(outTradeNo, outRefundNo, 'unknown');
  }
}

export async function queryRefund(
  client: WechatPayClient,
  outTradeNo: string,
  outRefundNo: string,
  log?: DriverLog,
): Promise<RefundFacts> {
  checkNumber(outRefundNo, 64);
  const path = `/v3/refund/domestic/refunds/${encodeURIComponent(outRefundNo)}`;
  try {
    return ofThis(outTradeNo, outRefundNo, await client.call('GET', path));
  } catch (error) {
    if (error instanceof GatewayRefusal && error.code === 'RESOURCE_NOT_EXISTS')
      return emptyRefund(outTradeNo, outRefundNo, 'not_found');
    if (!(error instanceof GatewayRefusal || error instanceof GatewayUnknown)) throw error;
    log?.warn(
      { outTradeNo, outRefundNo, reason: error.message },
      'WeChat Pay could not be asked about a refund',
    );
    return emptyRefund(outTradeNo, outRefundNo, 'unknown');
  }
}

function ofThis(outTradeNo: string, outRefundNo: string, answer: Record<string, unknown>): RefundFacts {
  const facts = refundFacts(answer);
  if (facts.outTradeNo !== outTradeNo || facts.outRefundNo !== outRefundNo)
    throw new GatewayUnknown('answer of another refund');
  return facts;
}

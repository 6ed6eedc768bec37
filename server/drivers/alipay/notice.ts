import type { Notice } from '#modules/payments/driver.ts';
import { readAmount, readShanghaiTime } from '../channel-wire.ts';
import type { AlipayClient } from './client.ts';
import { tradeState } from './wire.ts';

/** Alipay's asynchronous notifications (异步通知): what they say once their signature held. */

type Body = Record<string, string>;

/** Null when a name occurs twice: which of the two was signed can't be known. */
function readBody(rawBody: Buffer): Body | null {
  const body: Body = Object.create(null) as Body;
  for (const [name, value] of new URLSearchParams(rawBody.toString('utf8'))) {
    if (name in body) return null;
    body[name] = value;
  }
  return body;
}

/**
 * The signed text joins `name=value` with `&` and quotes nothing. A value that holds `&name=` could be half of
 * a cut, whose other half is a forged field; no true notification of ours has one.
 */
function couldBeCut(body: Body): boolean {
  return Object.values(body).some((value) => /&\w+=/.test(value));
}

/** `sign` and `sign_type` are outside the signed text (异步通知验签). Only RSA2 counts; SHA-1 is not accepted. */
export function readNotice({ sdk }: AlipayClient, rawBody: Buffer): Notice | null {
  const body = readBody(rawBody);
  if (body?.sign_type !== 'RSA2' || couldBeCut(body)) return null;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(body.sign ?? '')) return null; // Node would skip over other characters
  if (!sdk.checkNotifySignV2(body)) return null;
  // The return URL and other messages bear the same key's signature, yet say nothing of a trade's state.
  if (body.notify_type !== 'trade_status_sync' || !body.out_trade_no) return null;
  // A true notification always names both; one without them must not pass for "nothing to compare".
  const receiver = { appId: body.app_id ?? '', sellerId: body.seller_id ?? '' };
  const paidAt = readShanghaiTime(body.gmt_payment);
  if (body.gmt_refund || body.refund_fee) return refundNotice(body, receiver);
  const trade = {
    outTradeNo: body.out_trade_no,
    tradeNo: body.trade_no ?? null,
    state: tradeState(body.trade_status, paidAt),
    amount: readAmount(body.total_amount),
    currency: null,
    ...receiver,
    paidAt,
  };
  return { kind: 'payment', trade };
}

/**
 * A refund is told as another state of its trade (TRADE_SUCCESS in part, TRADE_CLOSED in whole) with `gmt_refund`.
 * `refund_fee` there is the sum of all refunds of the trade, so the amount of this one is left open.
 */
function refundNotice(body: Body, receiver: { appId: string; sellerId: string }): Notice {
  const refund = {
    outTradeNo: body.out_trade_no!,
    outRefundNo: body.out_biz_no ?? '',
    refundNo: null,
    state: 'succeeded' as const,
    amount: null,
    ...receiver,
    refundedAt: readShanghaiTime(body.gmt_refund),
  };
  return { kind: 'refund', refund };
}

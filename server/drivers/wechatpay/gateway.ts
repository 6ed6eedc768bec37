import { randomBytes } from 'node:crypto';
import {
  GatewayRefusal,
  GatewayUnknown,
  type NoticeOutcome,
  type PaymentGateway,
  type PaymentRequest,
  type PayStep,
  type TradeFacts,
} from '#modules/payments/driver.ts';
import type { DriverLog } from '../channel-wire.ts';
import { readBill } from './bill.ts';
import { type WechatPayClient, type WechatPayConfig, wechatPayClient } from './client.ts';
import { emptyFacts, tradeFacts } from './facts.ts';
import { readNotice } from './notice.ts';
import { queryRefund, refund } from './refund.ts';
import { checkNumber, rfc3339, textOf, wireFen } from './wire.ts';

export type { WechatPayConfig } from './client.ts';

/**
 * WeChat Pay APIv3 for a direct merchant: Native (a QR code), JSAPI (inside WeChat), H5 (a phone's browser), with
 * query, close, refund and trade bills. Throws Error at once when a key of the configuration can't be read.
 */
export function wechatPayGateway(config: WechatPayConfig, log?: DriverLog): PaymentGateway {
  const client = wechatPayClient(config);
  return {
    channel: 'wechatpay',
    ways: ['qr', 'jsapi', 'h5'],
    sandbox: config.sandbox,
    merchant: { appId: config.appId, sellerId: config.mchId },
    start: (request) => start(client, request),
    verifyNotification: (headers, rawBody) => readNotice(client, headers, rawBody, log),
    notificationAnswer,
    query: (outTradeNo) => query(client, outTradeNo, log),
    close: (outTradeNo) => close(client, outTradeNo),
    refund: (request) => refund(client, request, log),
    queryRefund: (outTradeNo, outRefundNo) => queryRefund(client, outTradeNo, outRefundNo, log),
    bill: (day) => readBill(client, day),
  };
}

/** 200 or 204 ends a notification; 4xx and 5xx, with a code and a message, are tried again (通知应答). */
function notificationAnswer(outcome: NoticeOutcome) {
  const type = 'application/json';
  if (outcome === 'taken') return { status: 204, type, body: '' };
  const [status, message] = outcome === 'unsigned' ? [401, '验签失败'] : [404, '订单不存在'];
  return { status, type, body: JSON.stringify({ code: 'FAIL', message }) };
}

/** Throws MoneyError for an amount that WeChat Pay can't take, RangeError for what it doesn't allow. */
async function start(client: WechatPayClient, request: PaymentRequest): Promise<PayStep> {
  const { appId: appid, mchId: mchid } = client.config;
  const { outTradeNo, payer } = request;
  checkNumber(outTradeNo, 32);
  const order = {
    appid,
    mchid,
    description: [...request.subject].slice(0, 42).join('') || 'Cloudpact',
    out_trade_no: outTradeNo,
    time_expire: rfc3339(request.expiresAt),
    notify_url: request.notifyUrl,
    amount: { total: wireFen(request.amount), currency: 'CNY' },
  };
  if (request.way === 'qr') {
    const answer = await client.call('POST', '/v3/pay/transactions/native', order);
    return { kind: 'qr', code: wanted(answer.code_url, 'code_url') };
  }
  if (request.way === 'jsapi') {
    if (!payer?.openId) throw new RangeError('jsapi asks for the payer’s OpenID');
    const content = { ...order, payer: { openid: payer.openId } };
    const answer = await client.call('POST', '/v3/pay/transactions/jsapi', content);
    return { kind: 'jsapi', parameters: jsapiParameters(client, wanted(answer.prepay_id, 'prepay_id')) };
  }
  if (request.way !== 'h5') throw new RangeError(`no way ${request.way}`);
  const scene = { payer_client_ip: payer?.ip ?? '127.0.0.1', h5_info: { type: 'Wap' } };
  const answer = await client.call('POST', '/v3/pay/transactions/h5', { ...order, scene_info: scene });
  const url = new URL(wanted(answer.h5_url, 'h5_url'));
  url.searchParams.set('redirect_url', request.returnUrl);
  return { kind: 'redirect', url: url.href };
}

function wanted(value: unknown, name: string): string {
  const text = textOf(value);
  if (!text) throw new GatewayUnknown(`the answer has no ${name}`);
  return text;
}

/** What WeChat's bridge takes; signed by us, so that nobody else can call for our prepaid order (JSAPI调起支付). */
function jsapiParameters({ config, sign }: WechatPayClient, prepayId: string): Record<string, string> {
  const timeStamp = String(Math.floor(config.now().getTime() / 1_000));
  const nonceStr = randomBytes(16).toString('hex');
  const prepay = `prepay_id=${prepayId}`;
  const paySign = sign(`${config.appId}\n${timeStamp}\n${nonceStr}\n${prepay}\n`);
  return { appId: config.appId, timeStamp, nonceStr, package: prepay, signType: 'RSA', paySign };
}

async function query(client: WechatPayClient, outTradeNo: string, log?: DriverLog): Promise<TradeFacts> {
  checkNumber(outTradeNo, 32);
  const path = `/v3/pay/transactions/out-trade-no/${encodeURIComponent(outTradeNo)}?mchid=${client.config.mchId}`;
  try {
    const answer = await client.call('GET', path);
    if (answer.out_trade_no !== outTradeNo) throw new GatewayUnknown('query: answer of another trade');
    return tradeFacts(outTradeNo, answer);
  } catch (error) {
    if (error instanceof GatewayRefusal && /^(ORDER_NOT_EXIST|ORDERNOTEXIST)$/.test(error.code))
      return emptyFacts(outTradeNo, 'not_found');
    if (!(error instanceof GatewayRefusal || error instanceof GatewayUnknown)) throw error;
    log?.warn({ outTradeNo, reason: error.message }, 'WeChat Pay could not be asked about a trade');
    return emptyFacts(outTradeNo, 'unknown');
  }
}

/**
 * Resolves when the trade can't be paid as it stands: closed now or before, or never begun. Throws GatewayRefusal
 * when it is paid, GatewayUnknown when nothing could be learnt.
 */
async function close(client: WechatPayClient, outTradeNo: string): Promise<void> {
  checkNumber(outTradeNo, 32);
  const path = `/v3/pay/transactions/out-trade-no/${encodeURIComponent(outTradeNo)}/close`;
  try {
    await client.call('POST', path, { mchid: client.config.mchId });
  } catch (error) {
    if (!(error instanceof GatewayRefusal)) throw error;
    const standing = await query(client, outTradeNo);
    if (standing.state !== 'closed' && standing.state !== 'not_found') throw error;
  }
}

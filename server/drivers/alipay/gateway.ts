import type { IncomingHttpHeaders } from 'node:http';
import { systemClock } from '#kernel/clock.ts';
import {
  GatewayRefusal,
  GatewayUnknown,
  type Notice,
  type NoticeOutcome,
  type PaymentGateway,
  type PaymentRequest,
  type PayStep,
  type TradeFacts,
  type TradeState,
} from '#modules/payments/driver.ts';
import { type DriverLog, readAmount, readShanghaiTime, shanghaiTime } from '../channel-wire.ts';
import { readBill } from './bill.ts';
import { type AlipayAnswer, type AlipayClient, type AlipayConfig, alipayClient } from './client.ts';
import { readNotice } from './notice.ts';
import { queryRefund, refund } from './refund.ts';
import { alipayAmount, checkNumber, plainText, tradeState } from './wire.ts';

export type { AlipayConfig } from './client.ts';

/**
 * Alipay: 电脑网站支付 (page), 手机网站支付 (wap), 当面付 (precreate, a QR code), with query, close, refund and bills,
 * signed with RSA2 in public-key mode. Throws Error at once when a key of the configuration can't be read.
 */
export function alipayGateway(config: AlipayConfig, log?: DriverLog): PaymentGateway {
  const client = alipayClient(config);
  return {
    channel: 'alipay',
    ways: ['page', 'wap', 'qr'],
    sandbox: config.sandbox,
    merchant: { appId: config.appId, sellerId: config.sellerId },
    start: (request) => start(client, request),
    verifyNotification: async (_headers: IncomingHttpHeaders, rawBody: Buffer): Promise<Notice | null> =>
      readNotice(client, rawBody),
    notificationAnswer,
    query: (outTradeNo) => query(client, outTradeNo, log),
    close: (outTradeNo) => close(client, outTradeNo),
    refund: (request) => refund(client, request, log),
    queryRefund: (outTradeNo, outRefundNo) => queryRefund(client, outTradeNo, outRefundNo, log),
    bill: (day) => readBill(client, day),
  };
}

/** Anything but exactly "success" is sent again (异步通知: 8 times in 25 hours). */
function notificationAnswer(outcome: NoticeOutcome) {
  const status = outcome === 'unsigned' ? 400 : 200;
  return { status, type: 'text/plain', body: outcome === 'taken' ? 'success' : 'fail' };
}

/**
 * Throws MoneyError for an amount that Alipay can't take, RangeError for a number that it doesn't allow.
 * `time_expire` rather than `timeout_express`: the latter starts anew each time the payer opens the page.
 */
async function start(client: AlipayClient, request: PaymentRequest): Promise<PayStep> {
  checkNumber(request.outTradeNo);
  const { notifyUrl, returnUrl } = request;
  const trade = {
    outTradeNo: request.outTradeNo,
    totalAmount: alipayAmount(request.amount),
    subject: plainText(request.subject, 128),
    timeExpire: shanghaiTime(request.expiresAt),
  };
  if (request.way === 'qr') {
    const answer = await client.call('alipay.trade.precreate', trade, notifyUrl);
    if (answer.out_trade_no !== request.outTradeNo || typeof answer.qr_code !== 'string')
      throw new GatewayUnknown('alipay.trade.precreate: answer of another trade');
    return { kind: 'qr', code: answer.qr_code };
  }
  const [method, productCode] =
    request.way === 'wap'
      ? ['alipay.trade.wap.pay', 'QUICK_WAP_WAY']
      : ['alipay.trade.page.pay', 'FAST_INSTANT_TRADE_PAY'];
  if (request.way !== 'wap' && request.way !== 'page') throw new RangeError(`no way ${request.way}`);
  const url = client.sdk.pageExecute(method!, 'GET', {
    timestamp: shanghaiTime(systemClock.now()),
    returnUrl,
    notifyUrl,
    bizContent: { ...trade, productCode },
  });
  return { kind: 'redirect', url };
}

/** `appId` and `sellerId` are null: the answer doesn't state them; that our key was accepted binds it to us. */
async function query(client: AlipayClient, outTradeNo: string, log?: DriverLog): Promise<TradeFacts> {
  checkNumber(outTradeNo);
  try {
    const answer = await client.call('alipay.trade.query', { outTradeNo });
    if (answer.out_trade_no !== outTradeNo)
      throw new GatewayUnknown('alipay.trade.query: answer of another trade');
    return queriedFacts(outTradeNo, answer);
  } catch (error) {
    if (error instanceof GatewayRefusal && error.code === 'ACQ.TRADE_NOT_EXIST') {
      return emptyFacts(outTradeNo, 'not_found');
    }
    if (!(error instanceof GatewayRefusal || error instanceof GatewayUnknown)) throw error;
    log?.warn({ outTradeNo, reason: error.message }, 'Alipay could not be asked about a trade');
    return emptyFacts(outTradeNo, 'unknown');
  }
}

function queriedFacts(outTradeNo: string, answer: AlipayAnswer): TradeFacts {
  const paidAt = readShanghaiTime(answer.send_pay_date);
  return {
    ...emptyFacts(outTradeNo, tradeState(answer.trade_status, paidAt)),
    tradeNo: typeof answer.trade_no === 'string' ? answer.trade_no : null,
    amount: readAmount(answer.total_amount),
    currency: typeof answer.trans_currency === 'string' ? answer.trans_currency : null,
    paidAt,
  };
}

function emptyFacts(outTradeNo: string, state: TradeState): TradeFacts {
  const unsaid = { tradeNo: null, amount: null, currency: null, appId: null, sellerId: null, paidAt: null };
  return { outTradeNo, state, ...unsaid };
}

/**
 * Resolves when the trade can't be paid as it stands: closed now or before, or never begun at Alipay (where the
 * link's own expiry ends it). Throws GatewayRefusal when it is paid, GatewayUnknown when nothing could be learnt.
 */
async function close(client: AlipayClient, outTradeNo: string): Promise<void> {
  checkNumber(outTradeNo);
  try {
    await client.call('alipay.trade.close', { outTradeNo });
  } catch (error) {
    if (!(error instanceof GatewayRefusal)) throw error;
    if (error.code === 'ACQ.TRADE_NOT_EXIST') return;
    const standing = await query(client, outTradeNo);
    if (standing.state !== 'closed') throw error;
  }
}

import { systemClock } from '#kernel/clock.ts';
import type { PaymentGateway, PaymentRequest, TradeFacts, TradeState } from '#modules/payments/driver.ts';
import {
  type AlipayAnswer,
  type AlipayClient,
  type AlipayConfig,
  AlipayRefusal,
  AlipayUnknown,
  alipayClient,
} from './client.ts';
import { alipayAmount, readAmount, readShanghaiTime, shanghaiTime } from './wire.ts';

export type { AlipayConfig } from './client.ts';

/** What the driver says when it has to answer `unknown`; pino's loggers fit. */
export interface DriverLog {
  warn(fields: Record<string, unknown>, message: string): void;
}

const STATES: Record<string, TradeState> = {
  WAIT_BUYER_PAY: 'unpaid',
  TRADE_SUCCESS: 'paid',
  TRADE_FINISHED: 'paid',
  TRADE_CLOSED: 'closed',
};

/**
 * Alipay's website payment (电脑网站支付: alipay.trade.page.pay, .query, .close), signed with RSA2 in public-key mode.
 * Throws Error at once when a key of the configuration can't be read.
 */
export function alipayGateway(config: AlipayConfig, log?: DriverLog): PaymentGateway {
  const client = alipayClient(config);
  return {
    channel: 'alipay',
    sandbox: config.sandbox,
    merchant: { appId: config.appId, sellerId: config.sellerId },
    payUrl: (request) => payUrl(client, request),
    verifyNotification: (body) => verifyNotification(client, body),
    query: (outTradeNo) => query(client, outTradeNo, log),
    close: (outTradeNo) => close(client, outTradeNo),
  };
}

/**
 * Throws MoneyError for an amount that Alipay can't take, RangeError for a number that it doesn't allow.
 * `time_expire` rather than `timeout_express`: the latter starts anew each time the payer opens the page.
 */
function payUrl({ sdk }: AlipayClient, request: PaymentRequest): string {
  checkNumber(request.outTradeNo);
  return sdk.pageExecute('alipay.trade.page.pay', 'GET', {
    timestamp: shanghaiTime(systemClock.now()),
    returnUrl: request.returnUrl,
    notifyUrl: request.notifyUrl,
    bizContent: {
      outTradeNo: request.outTradeNo,
      totalAmount: alipayAmount(request.amount),
      subject: plainSubject(request.subject),
      productCode: 'FAST_INSTANT_TRADE_PAY',
      timeExpire: shanghaiTime(request.expiresAt),
    },
  });
}

function checkNumber(outTradeNo: string): void {
  if (!/^[0-9A-Za-z_]{1,64}$/.test(outTradeNo)) throw new RangeError('outTradeNo: 1 to 64 of 0-9 A-Z a-z _');
}

/** Alipay forbids / = & in subjects: they return in the signed text of notifications and could be cut there. */
function plainSubject(subject: string): string {
  const plain = subject.replace(/[/=&<>"'\\\p{Cc}]/gu, ' ').trim();
  return [...plain].slice(0, 128).join('') || 'Cloudpact';
}

/**
 * The signed text joins `name=value` with `&` and quotes nothing. A value that holds `&name=` could be half of
 * a cut, whose other half is a forged field; no true notification of ours has one.
 */
function couldBeCut(body: Record<string, string>): boolean {
  return Object.values(body).some((value) => /&\w+=/.test(value));
}

/** `sign` and `sign_type` are outside the signed text (异步通知验签). Only RSA2 counts; SHA-1 is not accepted. */
function verifyNotification({ sdk }: AlipayClient, body: Record<string, string>): TradeFacts | null {
  if (!Object.values(body).every((value) => typeof value === 'string')) return null;
  if (body.sign_type !== 'RSA2' || couldBeCut(body)) return null;
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(body.sign ?? '')) return null; // Node would skip over other characters
  if (!sdk.checkNotifySignV2(body)) return null;
  // The return URL and other messages bear the same key's signature, yet say nothing of a trade's state.
  if (body.notify_type !== 'trade_status_sync' || !body.out_trade_no) return null;
  return {
    outTradeNo: body.out_trade_no,
    tradeNo: body.trade_no ?? null,
    state: STATES[body.trade_status ?? ''] ?? 'unknown',
    amount: readAmount(body.total_amount),
    currency: null,
    // A true notification always names both; one without them must not pass for "nothing to compare".
    appId: body.app_id ?? '',
    sellerId: body.seller_id ?? '',
    paidAt: readShanghaiTime(body.gmt_payment),
  };
}

/** `appId` and `sellerId` are null: the answer doesn't state them; that our key was accepted binds it to us. */
async function query(client: AlipayClient, outTradeNo: string, log?: DriverLog): Promise<TradeFacts> {
  checkNumber(outTradeNo);
  try {
    const answer = await client.call('alipay.trade.query', { outTradeNo });
    if (answer.out_trade_no !== outTradeNo)
      throw new AlipayUnknown('alipay.trade.query: answer of another trade');
    return queriedFacts(outTradeNo, answer);
  } catch (error) {
    if (error instanceof AlipayRefusal && error.subCode === 'ACQ.TRADE_NOT_EXIST') {
      return emptyFacts(outTradeNo, 'not_found');
    }
    if (!(error instanceof AlipayRefusal || error instanceof AlipayUnknown)) throw error;
    log?.warn({ outTradeNo, reason: error.message }, 'Alipay could not be asked about a trade');
    return emptyFacts(outTradeNo, 'unknown');
  }
}

function queriedFacts(outTradeNo: string, answer: AlipayAnswer): TradeFacts {
  return {
    ...emptyFacts(outTradeNo, STATES[String(answer.trade_status)] ?? 'unknown'),
    tradeNo: typeof answer.trade_no === 'string' ? answer.trade_no : null,
    amount: readAmount(answer.total_amount),
    currency: typeof answer.trans_currency === 'string' ? answer.trans_currency : null,
    paidAt: readShanghaiTime(answer.send_pay_date),
  };
}

function emptyFacts(outTradeNo: string, state: TradeState): TradeFacts {
  const unsaid = { tradeNo: null, amount: null, currency: null, appId: null, sellerId: null, paidAt: null };
  return { outTradeNo, state, ...unsaid };
}

/**
 * Resolves when the trade can't be paid as it stands: closed now or before, or never begun at Alipay (where the
 * link's own expiry ends it). Throws AlipayRefusal when it is paid, AlipayUnknown when nothing could be learnt.
 */
async function close(client: AlipayClient, outTradeNo: string): Promise<void> {
  checkNumber(outTradeNo);
  try {
    await client.call('alipay.trade.close', { outTradeNo });
  } catch (error) {
    if (!(error instanceof AlipayRefusal)) throw error;
    if (error.subCode === 'ACQ.TRADE_NOT_EXIST') return;
    const standing = await query(client, outTradeNo);
    if (standing.state !== 'closed') throw error;
  }
}

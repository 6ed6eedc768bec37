import { readShanghaiTime, shanghaiTime } from '../channel-wire.ts';
import type { BillDesk } from './sandbox-bill.ts';
import { digits, type Trade, type TradeBook } from './sandbox-book.ts';
import type { AlipayFaults } from './sandbox-faults.ts';
import { refundAnswer, refundQueryAnswer } from './sandbox-refunds.ts';
import { BUYER_ID, type Fields, refusal, requestHolds } from './sandbox-wire.ts';

/** What the gateway answers to one signed request; the HTTP and HTML around it are in sandbox.ts and sandbox-pages.ts. */

/** Null when the request is whole and truly signed by the merchant whose app it names. */
export function requestFault(fields: Fields | null, appId: string, merchantKey: string): Fields | null {
  if (!fields) return refusal('40002', 'isv.invalid-parameter', '参数重复');
  for (const name of ['method', 'app_id', 'sign_type', 'sign', 'timestamp', 'version']) {
    if (fields[name]) continue;
    const subCode = { sign: 'isv.missing-signature', sign_type: 'isv.missing-signature-type' }[name];
    return refusal('40001', subCode ?? `isv.missing-${name.replace('_', '-')}`, `缺少参数 ${name}`);
  }
  if (fields.app_id !== appId) return refusal('40002', 'isv.invalid-app-id', '无效的AppID参数');
  if (fields.sign_type !== 'RSA2') return refusal('40002', 'isv.invalid-signature-type', '无效的签名类型');
  if (!readShanghaiTime(fields.timestamp))
    return refusal('40002', 'isv.invalid-timestamp', '非法的时间戳参数');
  if (!requestHolds(fields, merchantKey)) return refusal('40002', 'isv.invalid-signature', '无效签名');
  return null;
}

function bizContent(fields: Fields): Fields | null {
  try {
    const content: unknown = JSON.parse(fields.biz_content ?? '');
    if (typeof content !== 'object' || content === null) return null;
    return Object.fromEntries(Object.entries(content).map(([name, value]) => [name, String(value)]));
  } catch {
    return null; // answered as an invalid parameter
  }
}

function webAddress(text: string | undefined): string | null {
  if (!text || !URL.canParse(text)) return null;
  return /^https?:$/.test(new URL(text).protocol) ? text : null;
}

const PRODUCTS: Record<string, string | null> = {
  'alipay.trade.page.pay': 'FAST_INSTANT_TRADE_PAY',
  'alipay.trade.wap.pay': 'QUICK_WAP_WAY',
  'alipay.trade.precreate': null,
};

export function opensTrade(method: string | undefined): boolean {
  return method !== undefined && Object.hasOwn(PRODUCTS, method);
}

function openingFault(biz: Fields, method: string): Fields | null {
  const { out_trade_no: outTradeNo = '', total_amount: totalAmount = '', subject = '' } = biz;
  const fault = (name: string) => refusal('40004', 'ACQ.INVALID_PARAMETER', name);
  if (!/^[0-9A-Za-z_]{1,64}$/.test(outTradeNo)) return fault('out_trade_no');
  if (!/^(?!0+\.00$)\d{1,9}\.\d{2}$/.test(totalAmount)) return fault('total_amount');
  if (subject === '' || subject.length > 256) return fault('subject');
  const product = PRODUCTS[method];
  if (product !== null && biz.product_code !== product) return fault('product_code');
  if (biz.time_expire && !readShanghaiTime(biz.time_expire)) return fault('time_expire');
  return null;
}

/**
 * Page, wap and precreate: the trade begins, or stands again as it did, when a signed request's page is opened;
 * that of a code begins only when somebody scans it.
 */
export function openTrade(book: TradeBook, fields: Fields, now: Date): Trade | Fields {
  const biz = bizContent(fields);
  if (!biz) return refusal('40002', 'isv.invalid-parameter', 'biz_content');
  const method = fields.method ?? '';
  const fault = openingFault(biz, method);
  if (fault) return fault;
  const { out_trade_no: outTradeNo = '', total_amount: totalAmount = '', subject = '' } = biz;
  const byCode = method === 'alipay.trade.precreate';
  const known = book.trades.get(outTradeNo);
  if (known) {
    if (known.totalAmount !== totalAmount || known.subject !== subject) {
      return refusal('40004', 'ACQ.CONTEXT_INCONSISTENT', '交易信息被篡改');
    }
    if (byCode && known.status !== 'WAIT_BUYER_PAY')
      return refusal('40004', 'ACQ.TRADE_HAS_SUCCESS', '交易已被支付');
    if (byCode) known.code ??= digits(24);
    else known.unscanned = false;
    book.expire(known, now);
    return known;
  }
  const trade: Trade = {
    outTradeNo,
    tradeNo: `${shanghaiTime(now).slice(0, 10).replaceAll('-', '')}22${digits(18)}`,
    ticket: digits(32),
    unscanned: byCode,
    code: byCode ? digits(24) : null,
    status: 'WAIT_BUYER_PAY',
    totalAmount,
    subject,
    gmtCreate: shanghaiTime(now),
    gmtPayment: null,
    gmtClose: null,
    timeExpire: biz.time_expire ?? null,
    notifyUrl: webAddress(fields.notify_url),
    returnUrl: webAddress(fields.return_url),
    refunds: [],
  };
  book.trades.set(outTradeNo, trade);
  if (!book.expire(trade, now)) book.save();
  return trade;
}

/** What the calls need of the gateway; `base` is the address beside which its pages are. */
export interface Desk {
  book: TradeBook;
  bills: BillDesk;
  faults: AlipayFaults;
  base: string;
}

/** Everything that answers in JSON. */
export function answerCall(desk: Desk, fields: Fields, now: Date): Fields {
  const { book, faults } = desk;
  const biz = bizContent(fields);
  if (!biz) return refusal('40002', 'isv.invalid-parameter', 'biz_content');
  const { method = '' } = fields;
  if (method === 'alipay.trade.precreate') return precreateAnswer(desk, fields, now);
  if (method === 'alipay.data.dataservice.bill.downloadurl.query')
    return desk.bills.answer(biz, desk.base, now);
  const answers: Record<string, (trade: Trade) => Fields> = {
    'alipay.trade.query': queryAnswer,
    'alipay.trade.close': (trade) => closeAnswer(book, trade, now),
    'alipay.trade.refund': (trade) => refundAnswer(book, trade, biz, faults, now),
    'alipay.trade.fastpay.refund.query': (trade) => refundQueryAnswer(trade, biz, faults),
  };
  const answer = Object.hasOwn(answers, method) ? answers[method] : undefined;
  if (!answer) return refusal('40002', 'isv.invalid-method', '不存在的方法名');
  const trade = book.known(biz.out_trade_no, biz.trade_no);
  if (!trade) return refusal('40004', 'ACQ.TRADE_NOT_EXIST', '交易不存在');
  book.expire(trade, now);
  return answer(trade);
}

function precreateAnswer({ book, base }: Desk, fields: Fields, now: Date): Fields {
  const outcome = openTrade(book, fields, now);
  if (!('outTradeNo' in outcome)) return outcome as Fields;
  const trade = outcome as Trade;
  book.save();
  return {
    code: '10000',
    msg: 'Success',
    out_trade_no: trade.outTradeNo,
    qr_code: `${base}/qr?code=${trade.code}`,
  };
}

function closeAnswer(book: TradeBook, trade: Trade, now: Date): Fields {
  if (trade.status !== 'WAIT_BUYER_PAY') {
    return refusal('40004', 'ACQ.REASON_TRADE_STATUS_INVALID', '交易状态异常');
  }
  book.close(trade, now);
  return { code: '10000', msg: 'Success', out_trade_no: trade.outTradeNo, trade_no: trade.tradeNo };
}

export function queryAnswer(trade: Trade): Fields {
  const paid = trade.gmtPayment ? trade.totalAmount : '0.00';
  return {
    code: '10000',
    msg: 'Success',
    buyer_logon_id: 'san***@sandbox.local',
    buyer_pay_amount: paid,
    buyer_user_id: BUYER_ID,
    invoice_amount: paid,
    out_trade_no: trade.outTradeNo,
    point_amount: '0.00',
    receipt_amount: paid,
    ...(trade.gmtPayment ? { send_pay_date: trade.gmtPayment } : {}),
    total_amount: trade.totalAmount,
    trade_no: trade.tradeNo,
    trade_status: trade.status,
  };
}

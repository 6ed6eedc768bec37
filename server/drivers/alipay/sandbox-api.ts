import { digits, type Trade, type TradeBook } from './sandbox-book.ts';
import { type Fields, requestHolds } from './sandbox-wire.ts';
import { readShanghaiTime, shanghaiTime } from './wire.ts';

/** What the gateway answers to one signed request; the HTTP and HTML around it are in sandbox.ts and sandbox-pages.ts. */

export const BUYER_ID = '2088000000000001';

/** The gateway's public codes (公共错误码): 40001 missing, 40002 invalid, 40004 business failure. */
export function refusal(code: '40001' | '40002' | '40004', subCode: string, subMessage: string): Fields {
  const msg = {
    '40001': 'Missing Required Arguments',
    '40002': 'Invalid Arguments',
    '40004': 'Business Failed',
  }[code];
  return { code, msg, sub_code: subCode, sub_msg: subMessage };
}

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

/** alipay.trade.page.pay: the trade begins, or stands again as it did, when a signed request's page is opened. */
export function openTrade(book: TradeBook, fields: Fields, now: Date): Trade | Fields {
  const biz = bizContent(fields);
  if (!biz) return refusal('40002', 'isv.invalid-parameter', 'biz_content');
  const { out_trade_no: outTradeNo = '', total_amount: totalAmount = '', subject = '' } = biz;
  if (!/^[0-9A-Za-z_]{1,64}$/.test(outTradeNo))
    return refusal('40004', 'ACQ.INVALID_PARAMETER', 'out_trade_no');
  if (!/^(?!0+\.00$)\d{1,9}\.\d{2}$/.test(totalAmount)) {
    return refusal('40004', 'ACQ.INVALID_PARAMETER', 'total_amount');
  }
  if (subject === '' || subject.length > 256) return refusal('40004', 'ACQ.INVALID_PARAMETER', 'subject');
  if (biz.product_code !== 'FAST_INSTANT_TRADE_PAY')
    return refusal('40004', 'ACQ.INVALID_PARAMETER', 'product_code');
  if (biz.time_expire && !readShanghaiTime(biz.time_expire)) {
    return refusal('40004', 'ACQ.INVALID_PARAMETER', 'time_expire');
  }

  const known = book.trades.get(outTradeNo);
  if (known) {
    if (known.totalAmount !== totalAmount || known.subject !== subject) {
      return refusal('40004', 'ACQ.CONTEXT_INCONSISTENT', '交易信息被篡改');
    }
    book.expire(known, now);
    return known;
  }
  const trade: Trade = {
    outTradeNo,
    tradeNo: `${shanghaiTime(now).slice(0, 10).replaceAll('-', '')}22${digits(18)}`,
    ticket: digits(32),
    status: 'WAIT_BUYER_PAY',
    totalAmount,
    subject,
    gmtCreate: shanghaiTime(now),
    gmtPayment: null,
    gmtClose: null,
    timeExpire: biz.time_expire ?? null,
    notifyUrl: webAddress(fields.notify_url),
    returnUrl: webAddress(fields.return_url),
  };
  book.trades.set(outTradeNo, trade);
  if (!book.expire(trade, now)) book.save();
  return trade;
}

/** alipay.trade.query and alipay.trade.close. */
export function answerCall(book: TradeBook, fields: Fields, now: Date): Fields {
  const biz = bizContent(fields);
  if (!biz) return refusal('40002', 'isv.invalid-parameter', 'biz_content');
  if (fields.method !== 'alipay.trade.query' && fields.method !== 'alipay.trade.close') {
    return refusal('40002', 'isv.invalid-method', '不存在的方法名');
  }
  const trade = biz.out_trade_no
    ? book.trades.get(biz.out_trade_no)
    : [...book.trades.values()].find((candidate) => candidate.tradeNo === biz.trade_no);
  if (!trade) return refusal('40004', 'ACQ.TRADE_NOT_EXIST', '交易不存在');
  book.expire(trade, now);
  if (fields.method === 'alipay.trade.query') return queryAnswer(trade);
  if (trade.status !== 'WAIT_BUYER_PAY') {
    return refusal('40004', 'ACQ.REASON_TRADE_STATUS_INVALID', '交易状态异常');
  }
  book.close(trade, now);
  return { code: '10000', msg: 'Success', out_trade_no: trade.outTradeNo, trade_no: trade.tradeNo };
}

export function queryAnswer(trade: Trade): Fields {
  const paid = trade.status === 'TRADE_SUCCESS' ? trade.totalAmount : '0.00';
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

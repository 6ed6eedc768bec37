import { readBounded, shanghaiTime } from '../channel-wire.ts';
import { Deliveries, type Post } from '../stand-in/deliveries.ts';
import { fenOf, yuanOf } from '../stand-in/faults.ts';
import { untrustedKey } from '../stand-in/key-file.ts';
import type { Notice, Trade, TradeBook } from './sandbox-book.ts';
import type { AlipayFaults } from './sandbox-faults.ts';
import { type Fields, signedFields } from './sandbox-wire.ts';

/** Waits after each refused attempt: eight attempts within 25 hours (异步通知: 4m 10m 10m 1h 2h 6h 15h). */
const RETRY_SECONDS = [4, 10, 10, 60, 120, 360, 900].map((minutes) => minutes * 60);

export interface NoticeOptions {
  appId: string;
  sellerId: string;
  buyerId: string;
  alipayPrivateKey: string;
  now: () => Date;
  faults: AlipayFaults;
  failed: (error: unknown) => void;
}

/** Sends the book's pending notifications to the addresses that signed requests named. */
export function noticeSender(book: TradeBook, options: NoticeOptions): Deliveries<Notice> {
  const { faults, now, failed } = options;
  return new Deliveries<Notice>({
    pending: book.notices,
    retrySeconds: RETRY_SECONDS,
    faults,
    now,
    failed,
    save: () => book.save(),
    attempt: async (notice, post) => {
      const trade = book.trades.get(notice.outTradeNo);
      return !trade?.notifyUrl || send(trade.notifyUrl, signedBody(notice, trade, options), faults, post);
    },
  });
}

async function send(url: string, body: Fields, faults: AlipayFaults, post: Post): Promise<boolean> {
  const headers = { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' };
  const once = async () => {
    const response = await post(url, headers, new URLSearchParams(body).toString());
    const answer = await readBounded(response, 1024);
    return response.ok && answer === 'success';
  };
  return (await Promise.all(Array.from({ length: faults.duplicate }, once))).includes(true);
}

function signedBody(notice: Notice, trade: Trade, options: NoticeOptions): Fields {
  const { faults, alipayPrivateKey } = options;
  const key = faults.foreignKey ? untrustedKey() : alipayPrivateKey;
  const fields = signedFields(noticeFields(notice, trade, options), key);
  return faults.tamper ? { ...fields, total_amount: '99999.00' } : fields;
}

function noticeFields(notice: Notice, trade: Trade, options: NoticeOptions): Fields {
  const { faults, appId, sellerId, buyerId, now } = options;
  const amount = faults.wrongAmount ?? trade.totalAmount;
  const paid: Fields = {
    gmt_payment: trade.gmtPayment ?? '',
    receipt_amount: amount,
    buyer_pay_amount: amount,
    invoice_amount: amount,
    point_amount: '0.00',
    fund_bill_list: JSON.stringify([{ amount, fundChannel: 'ALIPAYACCOUNT' }]),
  };
  return {
    app_id: faults.wrongApp ?? appId,
    auth_app_id: faults.wrongApp ?? appId,
    buyer_id: buyerId,
    charset: 'utf-8',
    gmt_create: trade.gmtCreate,
    notify_id: notice.id,
    notify_time: shanghaiTime(now()),
    notify_type: 'trade_status_sync',
    out_trade_no: trade.outTradeNo,
    seller_id: faults.wrongSeller ?? sellerId,
    subject: trade.subject,
    total_amount: amount,
    trade_no: trade.tradeNo,
    trade_status: notice.status,
    version: '1.0',
    ...(trade.gmtPayment ? paid : {}),
    ...(notice.status === 'TRADE_CLOSED' ? { gmt_close: trade.gmtClose ?? '' } : {}),
    ...refundFields(notice, trade),
  };
}

/** `refund_fee` is all that went back up to this refund, `out_biz_no` the refund's own number. */
function refundFields(notice: Notice, trade: Trade): Fields {
  const place = trade.refunds.findIndex(({ outRequestNo }) => outRequestNo === notice.outRequestNo);
  if (notice.outRequestNo === null || place === -1) return {};
  const sum = trade.refunds.slice(0, place + 1).reduce((total, { amount }) => total + fenOf(amount), 0n);
  return {
    gmt_refund: `${trade.refunds[place]!.gmtRefund}.000`,
    out_biz_no: notice.outRequestNo,
    refund_fee: yuanOf(sum),
  };
}

import { randomBytes, randomInt } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readBookFile, writeBookFile } from '../stand-in/book-file.ts';
import type { Delivery } from '../stand-in/deliveries.ts';
import { readRfc3339, rfc3339 } from './wire.ts';

/** One trade as the local WeChat Pay holds it; times as on the wire, amounts in fen. */
export interface Trade {
  outTradeNo: string;
  transactionId: string;
  prepayId: string;
  /** Proves that a payer's form comes from a page of this order. */
  ticket: string;
  tradeType: 'NATIVE' | 'JSAPI' | 'MWEB';
  state: 'NOTPAY' | 'SUCCESS' | 'REFUND' | 'CLOSED';
  total: number;
  description: string;
  openid: string;
  notifyUrl: string;
  timeExpire: string | null;
  successTime: string | null;
  refunds: Refund[];
}

export type RefundStatus = 'PROCESSING' | 'SUCCESS' | 'CLOSED' | 'ABNORMAL';

export interface Refund {
  refundId: string;
  outRefundNo: string;
  refund: number;
  notifyUrl: string | null;
  status: RefundStatus;
  createTime: string;
  successTime: string | null;
}

export interface Notice extends Delivery {
  outTradeNo: string;
  /** Null when it tells of the payment. */
  outRefundNo: string | null;
}

interface Kept {
  trades: Trade[];
  notices: Notice[];
}

const KEPT_TRADES = 5000;

export function digits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('');
}

/** The trades and pending notifications, in one file that is replaced whole at each change. */
export class WechatPayBook {
  readonly trades: Map<string, Trade>;
  readonly notices: Map<string, Notice>;
  readonly #path: string;

  /** Throws when the file exists but can't be read. */
  constructor(dir: string) {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    this.#path = join(dir, 'wechatpay-sandbox-book.json');
    const kept = readBookFile<Kept>(this.#path, { trades: [], notices: [] });
    this.trades = new Map(kept.trades.map((trade) => [trade.outTradeNo, trade]));
    this.notices = new Map(kept.notices.map((notice) => [notice.id, notice]));
  }

  add(
    trade: Omit<Trade, 'transactionId' | 'prepayId' | 'ticket' | 'state' | 'successTime' | 'refunds'>,
  ): Trade {
    const added: Trade = {
      ...trade,
      transactionId: `42000${digits(23)}`,
      prepayId: `wx${digits(32)}`,
      ticket: randomBytes(16).toString('hex'),
      state: 'NOTPAY',
      successTime: null,
      refunds: [],
    };
    this.trades.set(added.outTradeNo, added);
    this.save();
    return added;
  }

  byPrepay(prepayId: string): Trade | undefined {
    return [...this.trades.values()].find((trade) => trade.prepayId === prepayId);
  }

  refund(outRefundNo: string): { trade: Trade; refund: Refund } | null {
    for (const trade of this.trades.values()) {
      const refund = trade.refunds.find((one) => one.outRefundNo === outRefundNo);
      if (refund) return { trade, refund };
    }
    return null;
  }

  /** Past its time an order stays open for the merchant, but nobody can pay it. */
  payable(trade: Trade, now: Date): boolean {
    const end = readRfc3339(trade.timeExpire);
    return trade.state === 'NOTPAY' && (!end || now < end);
  }

  pay(trade: Trade, now: Date): void {
    trade.state = 'SUCCESS';
    trade.successTime = rfc3339(now);
    this.announce(trade, null, now);
  }

  endRefund(trade: Trade, refund: Refund, status: RefundStatus, now: Date): void {
    refund.status = status;
    if (status === 'SUCCESS') refund.successTime = rfc3339(now);
    this.announce(trade, refund.outRefundNo, now);
  }

  /** Queues a notification and saves. */
  announce(trade: Trade, outRefundNo: string | null, now: Date): void {
    const id = `${randomBytes(16).toString('hex')}`;
    const { outTradeNo } = trade;
    this.notices.set(id, { id, outTradeNo, outRefundNo, attempts: 0, dueAtMs: now.getTime() });
    this.save();
  }

  save(): void {
    for (const outTradeNo of this.trades.keys()) {
      if (this.trades.size <= KEPT_TRADES) break;
      this.trades.delete(outTradeNo);
    }
    writeBookFile(this.#path, {
      trades: [...this.trades.values()],
      notices: [...this.notices.values()],
    } satisfies Kept);
  }
}

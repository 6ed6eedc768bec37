import { randomInt } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { readShanghaiTime, shanghaiTime } from '../channel-wire.ts';
import { readBookFile, writeBookFile } from '../stand-in/book-file.ts';
import type { Delivery } from '../stand-in/deliveries.ts';

export type TradeStatus = 'WAIT_BUYER_PAY' | 'TRADE_SUCCESS' | 'TRADE_CLOSED';

/** One trade as the local gateway holds it; times as on the wire. */
export interface Trade {
  outTradeNo: string;
  tradeNo: string;
  /** Proves that a payer's form comes from the page of a signed request. */
  ticket: string;
  /** Of a code that nobody has scanned: for the merchant there is no trade yet. */
  unscanned: boolean;
  /** In the address of the QR code; null where the payer came by a page. */
  code: string | null;
  status: TradeStatus;
  /** Yuan with two decimals. */
  totalAmount: string;
  subject: string;
  gmtCreate: string;
  gmtPayment: string | null;
  gmtClose: string | null;
  timeExpire: string | null;
  notifyUrl: string | null;
  returnUrl: string | null;
  refunds: Refund[];
}

export interface Refund {
  outRequestNo: string;
  /** Yuan with two decimals. */
  amount: string;
  gmtRefund: string;
}

export interface Notice extends Delivery {
  outTradeNo: string;
  status: TradeStatus;
  /** Set when it tells of a refund. */
  outRequestNo: string | null;
}

interface Kept {
  trades: Trade[];
  notices: Notice[];
}

const KEPT_TRADES = 5000;

export function digits(count: number): string {
  return Array.from({ length: count }, () => randomInt(10)).join('');
}

/** The gateway's trades and pending notifications, in one file that is replaced whole at each change. */
export class TradeBook {
  readonly trades: Map<string, Trade>;
  readonly notices: Map<string, Notice>;
  readonly #path: string;

  /** Throws when the file exists but can't be read. */
  constructor(dir: string) {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    this.#path = join(dir, 'alipay-sandbox-book.json');
    const kept = readBookFile<Kept>(this.#path, { trades: [], notices: [] });
    this.trades = new Map(kept.trades.map((trade) => [trade.outTradeNo, trade]));
    this.notices = new Map(kept.notices.map((notice) => [notice.id, notice]));
  }

  /** The trade that the merchant may know of. */
  known(outTradeNo: string | undefined, tradeNo: string | undefined): Trade | undefined {
    const trade = outTradeNo
      ? this.trades.get(outTradeNo)
      : [...this.trades.values()].find((candidate) => candidate.tradeNo === tradeNo);
    return trade?.unscanned ? undefined : trade;
  }

  /** Closes the trade when its time has passed, and says whether it did. */
  expire(trade: Trade, now: Date): boolean {
    const end = readShanghaiTime(trade.timeExpire);
    if (trade.status !== 'WAIT_BUYER_PAY' || !end || now < end) return false;
    this.close(trade, now);
    return true;
  }

  close(trade: Trade, now: Date): void {
    trade.status = 'TRADE_CLOSED';
    trade.gmtClose = shanghaiTime(now);
    this.announce(trade, now);
  }

  pay(trade: Trade, now: Date): void {
    trade.status = 'TRADE_SUCCESS';
    trade.gmtPayment = shanghaiTime(now);
    this.announce(trade, now);
  }

  /** Queues a notification of the present state, or of a refund, and saves. */
  announce(trade: Trade, now: Date, refund: Refund | null = null): void {
    if (trade.notifyUrl && !trade.unscanned) {
      const notice: Notice = {
        id: digits(34),
        outTradeNo: trade.outTradeNo,
        status: trade.status,
        outRequestNo: refund?.outRequestNo ?? null,
        attempts: 0,
        dueAtMs: now.getTime(),
      };
      this.notices.set(notice.id, notice);
    }
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

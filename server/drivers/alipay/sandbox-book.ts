import { randomInt } from 'node:crypto';
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { readShanghaiTime, shanghaiTime } from './wire.ts';

export type TradeStatus = 'WAIT_BUYER_PAY' | 'TRADE_SUCCESS' | 'TRADE_CLOSED';

/** One trade as the local gateway holds it; times as on the wire. */
export interface Trade {
  outTradeNo: string;
  tradeNo: string;
  /** Proves that a payer's form comes from the page of a signed request. */
  ticket: string;
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
}

/** A notification that the merchant hasn't acknowledged. */
export interface Notice {
  notifyId: string;
  outTradeNo: string;
  status: TradeStatus;
  attempts: number;
  /** Epoch milliseconds. */
  dueAtMs: number;
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
    this.#path = join(dir, 'alipay-sandbox-trades.json');
    const kept = readBook(this.#path);
    this.trades = new Map(kept.trades.map((trade) => [trade.outTradeNo, trade]));
    this.notices = new Map(kept.notices.map((notice) => [notice.notifyId, notice]));
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

  /** Queues a notification of the present state, and saves. */
  announce(trade: Trade, now: Date): void {
    if (trade.notifyUrl) {
      const notifyId = digits(34);
      const { outTradeNo, status } = trade;
      this.notices.set(notifyId, { notifyId, outTradeNo, status, attempts: 0, dueAtMs: now.getTime() });
    }
    this.save();
  }

  save(): void {
    for (const outTradeNo of this.trades.keys()) {
      if (this.trades.size <= KEPT_TRADES) break;
      this.trades.delete(outTradeNo);
    }
    const text = JSON.stringify({ trades: [...this.trades.values()], notices: [...this.notices.values()] });
    const temporary = `${this.#path}.new`;
    const file = openSync(temporary, 'w', 0o600);
    try {
      writeSync(file, text);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, this.#path);
  }
}

function readBook(path: string): { trades: Trade[]; notices: Notice[] } {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as { trades: Trade[]; notices: Notice[] };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return { trades: [], notices: [] };
    throw new Error(`${path} can't be read`, { cause: error });
  }
}

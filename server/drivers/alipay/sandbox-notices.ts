import { generateKeyPairSync } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import type { Notice, Trade, TradeBook } from './sandbox-book.ts';
import type { AlipayFaults } from './sandbox-faults.ts';
import { type Fields, signedFields } from './sandbox-wire.ts';
import { readBounded, shanghaiTime } from './wire.ts';

/** Waits after each refused attempt, in minutes: eight attempts within 25 hours (异步通知: 4m 10m 10m 1h 2h 6h 15h). */
const RETRY_MINUTES = [4, 10, 10, 60, 120, 360, 900];
/** A world's clock may jump, so a sleeping timer looks again at least this often. */
const LOOK_AGAIN_MS = 30_000;
const ANSWER_TIMEOUT_MS = 10_000;

export interface NoticeSenderOptions {
  appId: string;
  sellerId: string;
  buyerId: string;
  alipayPrivateKey: string;
  now: () => Date;
  faults: AlipayFaults;
  /** Told when an attempt could not be recorded; it is made again. */
  failed: (error: unknown) => void;
}

let foreignKey: string | undefined;

/** A private key that no one trusts, for the fault of that name. */
export function untrustedKey(): string {
  foreignKey ??= generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  }).privateKey;
  return foreignKey;
}

/** Sends the book's pending notifications to the addresses that signed requests named, until each is acknowledged. */
export class NoticeSender {
  readonly #book: TradeBook;
  readonly #options: NoticeSenderOptions;
  readonly #underWay = new Map<string, Promise<void>>();
  readonly #stop = new AbortController();
  #timer: NodeJS.Timeout | undefined;

  constructor(book: TradeBook, options: NoticeSenderOptions) {
    this.#book = book;
    this.#options = options;
  }

  /** Tries what is due by the gateway's clock; resolves when each of those attempts is over. */
  async deliverDue(): Promise<void> {
    const now = this.#options.now().getTime();
    for (const notice of this.#book.notices.values()) {
      if (notice.dueAtMs > now || this.#underWay.has(notice.notifyId) || this.#stop.signal.aborted) continue;
      const attempt = this.#attempt(notice).finally(() => this.#underWay.delete(notice.notifyId));
      this.#underWay.set(notice.notifyId, attempt);
    }
    await Promise.all(this.#underWay.values());
    this.arm();
  }

  /** Looks again when the next notification is due. The timer doesn't keep the process alive. */
  arm(): void {
    clearTimeout(this.#timer);
    if (this.#book.notices.size === 0 || this.#stop.signal.aborted) return;
    const next = Math.min(...[...this.#book.notices.values()].map((notice) => notice.dueAtMs));
    const wait = Math.min(Math.max(next - this.#options.now().getTime(), 0), LOOK_AGAIN_MS);
    this.#timer = setTimeout(() => this.deliverDue().catch(this.#options.failed), wait).unref();
  }

  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#stop.abort();
    await Promise.all(this.#underWay.values());
  }

  async #attempt(notice: Notice): Promise<void> {
    const trade = this.#book.trades.get(notice.outTradeNo);
    const acknowledged = !trade?.notifyUrl || (await this.#send(notice, trade, trade.notifyUrl));
    if (this.#stop.signal.aborted) return;
    const waitMinutes = RETRY_MINUTES[notice.attempts];
    notice.attempts += 1;
    if (acknowledged || waitMinutes === undefined) this.#book.notices.delete(notice.notifyId);
    else notice.dueAtMs = this.#options.now().getTime() + waitMinutes * 60_000;
    this.#book.save();
  }

  async #send(notice: Notice, trade: Trade, url: string): Promise<boolean> {
    const { faults } = this.#options;
    if (faults.drop) return true;
    try {
      if (faults.delayMs > 0)
        await delay(faults.delayMs, undefined, { ref: false, signal: this.#stop.signal });
      const body = this.#body(notice, trade);
      const answers = await Promise.all(
        Array.from({ length: faults.duplicate }, () => this.#post(url, body)),
      );
      return answers.includes('success');
    } catch {
      return false; // not acknowledged, for whatever reason: the schedule tries again
    }
  }

  async #post(url: string, body: Fields): Promise<string> {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded; charset=utf-8' },
      body: new URLSearchParams(body).toString(),
      redirect: 'error',
      signal: AbortSignal.any([this.#stop.signal, AbortSignal.timeout(ANSWER_TIMEOUT_MS)]),
    });
    const answer = await readBounded(response, 1024);
    return response.ok ? answer : '';
  }

  #body(notice: Notice, trade: Trade): Fields {
    const { faults, alipayPrivateKey } = this.#options;
    const fields = signedFields(
      this.#fields(notice, trade),
      faults.foreignKey ? untrustedKey() : alipayPrivateKey,
    );
    return faults.tamper ? { ...fields, total_amount: '99999.00' } : fields;
  }

  #fields(notice: Notice, trade: Trade): Fields {
    const { faults, appId, sellerId, buyerId, now } = this.#options;
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
      notify_id: notice.notifyId,
      notify_time: shanghaiTime(now()),
      notify_type: 'trade_status_sync',
      out_trade_no: trade.outTradeNo,
      seller_id: faults.wrongSeller ?? sellerId,
      subject: trade.subject,
      total_amount: amount,
      trade_no: trade.tradeNo,
      trade_status: notice.status,
      version: '1.0',
      ...(notice.status === 'TRADE_SUCCESS' ? paid : {}),
      ...(notice.status === 'TRADE_CLOSED' ? { gmt_close: trade.gmtClose ?? '' } : {}),
    };
  }
}

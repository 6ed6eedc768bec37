import type { IncomingHttpHeaders } from 'node:http';
import type { Micro } from '#kernel/money.ts';

/**
 * PaymentGateway: the port behind which Alipay and WeChat Pay stand. Everything but `start` of a redirecting way
 * and `notificationAnswer` may use the network, so nothing here is called inside a transaction.
 * Calls that fail throw GatewayRefusal (the channel said no, signed) or GatewayUnknown (nothing is known: ask again).
 */

export type Channel = 'alipay' | 'wechatpay';

/**
 * How the payer pays. `page`: a desktop browser is sent to the channel; `wap`, `h5`: a phone's browser is, and the
 * channel opens its app; `qr`: the payer scans a code; `jsapi`: inside the channel's own browser.
 */
export type PayWay = 'page' | 'wap' | 'qr' | 'jsapi' | 'h5';

export interface PaymentRequest {
  /** Our number of the payment, unique per merchant, at most 32 characters [0-9A-Za-z_]. */
  outTradeNo: string;
  way: PayWay;
  amount: Micro;
  subject: string;
  /** Where the gateway sends the payer's browser back to. */
  returnUrl: string;
  notifyUrl: string;
  /** The gateway closes the trade at this instant. */
  expiresAt: Date;
  /** Who pays, where the way asks: `jsapi` the OpenID of the payer, `h5` the address that the payer comes from. */
  payer?: { openId?: string | undefined; ip?: string | undefined };
}

/** What the payer's device needs next: an address to go to, the text of a QR code, or what `WeixinJSBridge` takes. */
export type PayStep =
  | { kind: 'redirect'; url: string }
  | { kind: 'qr'; code: string }
  | { kind: 'jsapi'; parameters: Record<string, string> };

/**
 * What the gateway says of a trade; `unknown` when it can't be asked, never guessed. `refunded`: it was paid, and
 * some or all of it has gone back since (the channels don't always say how much; `queryRefund` does).
 */
export type TradeState = 'unpaid' | 'paid' | 'refunded' | 'closed' | 'not_found' | 'unknown';

export interface TradeFacts {
  outTradeNo: string;
  /** The gateway's own number. */
  tradeNo: string | null;
  state: TradeState;
  amount: Micro | null;
  /** ISO 4217, as the gateway reports it; null where its protocol has no such field. */
  currency: string | null;
  appId: string | null;
  sellerId: string | null;
  paidAt: Date | null;
}

/**
 * `processing`: under way, ask again. `closed`: the channel gave it up and the money stays with us; another refund
 * needs another number. `abnormal`: the payer's account took nothing; the merchant must act at the channel.
 * `not_found`: the channel knows of no such refund. `unknown`: it can't be asked, never guessed.
 */
export type RefundState = 'processing' | 'succeeded' | 'closed' | 'abnormal' | 'not_found' | 'unknown';

export interface RefundFacts {
  outTradeNo: string;
  /** Our number of the refund; the empty string where the channel names none (one that staff made there). */
  outRefundNo: string;
  /** The gateway's own number; Alipay has none. */
  refundNo: string | null;
  state: RefundState;
  amount: Micro | null;
  /** As in TradeFacts; null where the answer doesn't name them. */
  appId: string | null;
  sellerId: string | null;
  refundedAt: Date | null;
}

/** A message that the gateway sent and signed. Which came first says nothing: they overtake each other (F37). */
export type Notice = { kind: 'payment'; trade: TradeFacts } | { kind: 'refund'; refund: RefundFacts };

/** What became of a message: taken in; not signed by the gateway, or stale; signed, but of no payment of ours. */
export type NoticeOutcome = 'taken' | 'unsigned' | 'not_ours';

export interface RefundRequest {
  outTradeNo: string;
  /** Ours, unique per merchant, at most 64 characters [0-9A-Za-z_]. The same one again is the same refund. */
  outRefundNo: string;
  amount: Micro;
  /** What the whole trade was. */
  total: Micro;
  reason: string;
  notifyUrl: string;
}

/** One line of the channel's bill of a natural day (Asia/Shanghai): money that moved, in or out. */
export interface BillLine {
  kind: 'payment' | 'refund';
  outTradeNo: string;
  tradeNo: string;
  /** Of a refund; the empty string where the bill names none. */
  outRefundNo: string | null;
  refundNo: string | null;
  /** Always positive; `kind` says which way. */
  amount: Micro;
  /** What the channel keeps of it; negative where a refund gives a fee back. */
  fee: Micro;
  at: Date | null;
}

/** The channel refused, and signed its refusal; `code` is its own word. */
export class GatewayRefusal extends Error {
  readonly code: string;
  constructor(act: string, code: string, message = '') {
    super(`${act} refused: ${code} ${message}`.trim());
    this.code = code;
  }
}

/** Nothing is known of what the channel did or holds: unreachable, late, malformed or not signed by it. */
export class GatewayUnknown extends Error {}

export interface PaymentGateway {
  readonly channel: Channel;
  readonly ways: readonly PayWay[];
  /** True when a local stand-in answers instead of the real channel; shown to the payer. */
  readonly sandbox: boolean;
  /** The merchant's own identifiers, to compare a notification with. `sellerId`: PID at Alipay, mchid at WeChat Pay. */
  readonly merchant: { appId: string; sellerId: string };

  /** Begins the trade, or stands where it stood when called again with the same request. */
  start(request: PaymentRequest): Promise<PayStep>;
  /**
   * Checks signature, sender and age of the raw body as it came. Null: not from the gateway, or stale; nothing in it
   * may be used. Throws GatewayUnknown when the key that it names can't be had at the moment.
   */
  verifyNotification(headers: IncomingHttpHeaders, rawBody: Buffer): Promise<Notice | null>;
  /** What the channel wants to hear, so that it stops or tries again. */
  notificationAnswer(outcome: NoticeOutcome): { status: number; type: string; body: string };
  /** Never throws for an outage: that is the state `unknown`. */
  query(outTradeNo: string): Promise<TradeFacts>;
  /** Resolves when the trade can't be paid any more. */
  close(outTradeNo: string): Promise<void>;
  /** Asks for a refund; `processing` or `succeeded` when it was taken. An outage is the state `unknown`. */
  refund(request: RefundRequest): Promise<RefundFacts>;
  queryRefund(outTradeNo: string, outRefundNo: string): Promise<RefundFacts>;
  /**
   * The bill of a day ("2026-03-01", Asia/Shanghai), made by 10:00 of the next. Null: the channel says that it has
   * none, which is how it says that nothing happened. Throws GatewayUnknown when the bill isn't made yet, can't be
   * had or doesn't hold together.
   */
  bill(day: string): Promise<BillLine[] | null>;
}

declare module '#kernel/house.ts' {
  interface Ports {
    /** A channel that isn't configured is absent in production; elsewhere a stand-in is there. */
    payments: Partial<Record<Channel, PaymentGateway>>;
  }
}

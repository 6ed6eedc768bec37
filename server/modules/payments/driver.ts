import type { Micro } from '#kernel/money.ts';

/** PaymentGateway: the port behind which Alipay (and later WeChat Pay) stands. */

export interface PaymentRequest {
  /** Our number of the payment, unique per merchant, at most 64 characters [0-9A-Za-z_]. */
  outTradeNo: string;
  amount: Micro;
  subject: string;
  /** Where the gateway sends the payer's browser back to. */
  returnUrl: string;
  notifyUrl: string;
  /** The gateway closes the trade at this instant. */
  expiresAt: Date;
}

/** What the gateway says of a trade; `unknown` when it can't be asked, never guessed. */
export type TradeState = 'unpaid' | 'paid' | 'closed' | 'not_found' | 'unknown';

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

export interface PaymentGateway {
  readonly channel: 'alipay';
  /** True when a local stand-in answers instead of the real channel; shown to the payer. */
  readonly sandbox: boolean;
  /** The merchant's own identifiers, to compare a notification with. */
  readonly merchant: { appId: string; sellerId: string };
  /** URL of the page on which the payer pays. Signs locally; no network. */
  payUrl(request: PaymentRequest): string;
  /** Checks the signature over the raw form body. Null: not signed by the gateway; nothing in it may be used. */
  verifyNotification(body: Record<string, string>): TradeFacts | null;
  query(outTradeNo: string): Promise<TradeFacts>;
  close(outTradeNo: string): Promise<void>;
}

declare module '#kernel/house.ts' {
  interface Ports {
    payments: Record<PaymentGateway['channel'], PaymentGateway>;
  }
}

import type { Micro } from '#kernel/money.ts';
import type { PayChannel, RefundSource } from './tables.ts';

/** Of a refund's end; `from` is the account that the caller of `channelRefund` named. */
export interface ChannelRefundEvent {
  refundId: string;
  paymentId: string;
  customerId: string;
  channel: PayChannel;
  amount: Micro;
  from: RefundSource;
}

declare module '#kernel/events.ts' {
  interface Events {
    /** Money is in the customer's balance, whatever it came by; `amount` is what really was paid. */
    'payment.credited': { paymentId: string; customerId: string; channel: PayChannel; amount: Micro };
    'channel-refund.done': ChannelRefundEvent;
    /** The channel gave it up: with `from` being withdrawal_transit the money is still there, else it is back. */
    'channel-refund.failed': ChannelRefundEvent & { detail: string };
  }
}

import type { Micro } from '#kernel/money.ts';
import type { LocalizedText } from '#kernel/text.ts';
import type { ClauseRef } from '#modules/audit/index.ts';
import type { OrderKind } from './tables.ts';

/** What was ordered and paid, as documents and reports need it. Lines sum to the amount, cash and gift as well. */
export interface OrderFacts {
  id: string;
  number: string;
  kind: OrderKind;
  customerId: string;
  serviceId: string;
  product: string;
  lines: { text: LocalizedText; amount: Micro }[];
  amount: Micro;
  /** Contained in the amount. */
  tax: Micro;
  paid: { cash: Micro; gift: Micro };
  periodStart: Date;
  periodEnd: Date;
}

/** Part or all of an order went back, once for each cause. */
export interface OrderRefunded {
  orderId: string;
  serviceId: string;
  /** Who paid it: also where the service is another's by now. */
  customerId: string;
  /** Contains the tax. */
  amount: Micro;
  tax: Micro;
  /** Of the amount, what went to the balance; the rest were gifts. */
  cash: Micro;
  cause: string;
  reason: string;
  clause: ClauseRef;
}

declare module '#kernel/events.ts' {
  interface Events {
    'orders.paid': { orders: OrderFacts[] };
    'order.refunded': OrderRefunded;
  }
}

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

/** Usage that was charged for a stretch of time. */
export interface ChargeFacts {
  id: string;
  customerId: string;
  product: string;
  text: LocalizedText;
  amount: Micro;
  tax: Micro;
  /** What neither covers is owed; below zero where a correction gave back. */
  paid: { cash: Micro; gift: Micro };
  periodStart: Date;
  periodEnd: Date;
  explain: { kind: 'usage'; id: string };
}

/** Part or all of an order went back, once for each cause. */
export interface OrderRefunded {
  orderId: string;
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
    'charges.made': { charges: ChargeFacts[] };
    'late-fee.charged': { debtId: string; customerId: string; amount: Micro; day: string };
  }
}

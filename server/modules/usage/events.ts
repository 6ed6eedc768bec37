import type { Micro } from '#kernel/money.ts';
import type { LocalizedText } from '#kernel/text.ts';

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

declare module '#kernel/events.ts' {
  interface Events {
    'charges.made': { charges: ChargeFacts[] };
  }
}

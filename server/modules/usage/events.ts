import type { Micro } from '#kernel/money.ts';
import type { LocalizedText } from '#kernel/text.ts';
import type { ClauseRef } from '#modules/audit/index.ts';

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

/** Prepaid quota that was bought and paid. */
export interface PackageFacts {
  id: string;
  customerId: string;
  product: string;
  text: LocalizedText;
  amount: Micro;
  tax: Micro;
  paid: { cash: Micro; gift: Micro };
  periodStart: Date;
  periodEnd: Date;
}

/** What went back of it when it ended before its time. */
export interface PackageBack {
  id: string;
  amount: Micro;
  tax: Micro;
  cash: Micro;
  reason: string;
  clause: ClauseRef;
}

declare module '#kernel/events.ts' {
  interface Events {
    'charges.made': { charges: ChargeFacts[] };
    'package.bought': PackageFacts;
    'package.ended': PackageBack;
  }
}

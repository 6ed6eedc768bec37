import type { Micro } from '#kernel/money.ts';

/** What the sweeps decide by; a forecast has no decisions of its own. */
export {
  balanceBelow,
  free,
  frozenUntil,
  keptUntil as accountKeptUntil,
  nextLook,
  type Rate,
  reminderDays,
  remindersDue,
  runsLow,
  type Standing,
  toPay,
} from '#modules/arrears/rules.ts';
export { type BillRefusal, billDue, billEndsAt, billRefusal, payable } from '#modules/bills/rules.ts';
export { feeBegins, lateFee, ppmOf, settlement } from '#modules/debts/rules.ts';
export { contactFollows } from '#modules/enforcement/rules.ts';
export { filingEnds } from '#modules/gates/rules.ts';
export { type GiftLeft, spend } from '#modules/gifts/rules.ts';
export {
  afterExpiry,
  dueReminders,
  expiryBy,
  keptAfterGrace,
  keptUntil,
  nextLooks,
  nextReminder,
  nextRenewal,
  renewalBy,
  renewedFrom,
  type State,
  transition,
} from '#modules/lifecycle/rules.ts';
export { LEVEL_LAG_MINUTES, SETTLE_LAG_MINUTES } from '#modules/metering/rules.ts';

export const DAYS_MOST = 90;

/** What an amount of a line is. `paid`: from gifts and balance. `owed`: it is owing from then on. `missing`: without it this happens. */
export type Money = 'paid' | 'owed' | 'missing' | 'lapses' | 'back';

/** Where a line comes from in what the customer agreed to. */
export interface Cited {
  id: string;
  version: string;
  title: { zh: string; en: string };
  layer: 'attachment' | 'service-contract' | 'order-page' | 'agreement';
}

/** Something that will happen at an instant if nobody does anything. */
export interface Line {
  at: Date;
  /** As the audit log will name it. */
  act: string;
  /** `id` null: it doesn't exist yet. */
  subject: { kind: string; id: string | null; label: string };
  amount: Micro | null;
  money: Money | null;
  cited: Cited | null;
  facts: Record<string, string | number | null>;
  /** It follows from usage, which goes on as it was lately: the day holds, the minute and the last figures may not. */
  estimated: boolean;
}

/** What has to come in, and by when, for everything to go on. */
export interface Need {
  by: Date;
  amount: Micro;
  /** With all before. */
  total: Micro;
}

/**
 * The payments that have to come in so that a balance, which begins with `cash`, covers what is taken from it, each at the
 * latest when it is needed.
 */
export function needsOf(cash: Micro, takings: readonly { at: Date; amount: Micro }[]): Need[] {
  const needs: Need[] = [];
  let left = cash > 0n ? cash : 0n;
  let total = 0n;
  for (const { at, amount } of [...takings].sort((a, b) => a.at.getTime() - b.at.getTime())) {
    const missing = amount > left ? amount - left : 0n;
    left = amount > left ? 0n : left - amount;
    if (missing === 0n) continue;
    total += missing;
    const last = needs.at(-1);
    if (last?.by.getTime() === at.getTime()) Object.assign(last, { amount: last.amount + missing, total });
    else needs.push({ by: at, amount: missing, total });
  }
  return needs;
}

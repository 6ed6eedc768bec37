import { FEN, type Micro } from '#kernel/money.ts';
import { problems } from '#kernel/problem.ts';
import { addDays } from '#kernel/time.ts';
import { deletionAt } from '#modules/lifecycle/rules.ts';

export { reminderDays, remindersDue } from '#modules/arrears/rules.ts';

/** `open`: issued, not due yet. `overdue`: due and not paid; its service is held, later ended. */
export type BillState = 'open' | 'overdue' | 'paid' | 'given-up';

export const problem = problems({
  'no-bills': {
    status: 409,
    title: { zh: '您的服务不能按账单后付', en: 'Your services can’t be paid by bill' },
    remedy: {
      zh: '账单后付须经我们逐户开通，且以条款为准；请联系客服。',
      en: 'It takes our consent for each customer, and terms that know it. Write to support.',
    },
  },
  'credit-used-up': {
    status: 409,
    title: { zh: '账单额度已用完', en: 'The credit for bills is used up' },
    remedy: {
      zh: '未付账单合计不能超过 {limit} 元，请先支付。',
      en: 'Unpaid bills can’t be above CNY {limit} together; pay some first.',
    },
  },
  'bill-closed': {
    status: 409,
    title: { zh: '这张账单已结清', en: 'This bill is settled' },
    remedy: { zh: '无需再付。', en: 'Nothing more is to be paid.' },
  },
});

/**
 * When a bill is due: so many natural days from its issue, which we may have missed by days; never before the period
 * that it is for begins.
 */
export function billDue(issuedAt: Date, dueDays: number, periodStart: Date, zone: string): Date {
  const due = addDays(issuedAt, dueDays, zone);
  return due > periodStart ? due : periodStart;
}

/** May another bill of this amount be issued to who has so much unpaid? */
export function withinCredit(limit: Micro, unpaid: Micro, amount: Micro): boolean {
  return unpaid + amount <= limit;
}

export type BillRefusal = 'not-allowed' | 'overdue' | 'limit';

/** Why no bill may be issued for a service that costs so much a month; null when one may. `limit` null: nobody allowed it. */
export function billRefusal(of: {
  agreed: boolean;
  limit: Micro | null;
  unpaid: Micro;
  overdue: boolean;
  monthly: Micro;
  months: number;
}): BillRefusal | null {
  if (!of.agreed || of.limit === null) return 'not-allowed';
  if (of.overdue) return 'overdue';
  // A longer period may cost less than its months: the limit holds for the most that it can cost.
  return withinCredit(of.limit, of.unpaid, of.monthly * BigInt(of.months)) ? null : 'limit';
}

/** When the service of an overdue bill ends: so many natural days from the suspension itself, however late it came. */
export function billEndsAt(overdueAt: Date, days: number, zone: string): Date {
  return deletionAt(overdueAt, days, zone);
}

/** Whole fen, since less can't be paid. */
export function payable(amount: Micro): Micro {
  return ((amount + FEN - 1n) / FEN) * FEN;
}

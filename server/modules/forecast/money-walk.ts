import type { Micro } from '#kernel/money.ts';
import { addMinutes, naturalDaysBetween, nextMidnight } from '#kernel/time.ts';
import { acceptanceLatest, type Policy, termsAccepted } from '#modules/terms/index.ts';
import {
  type Course,
  cited,
  citedAgreed,
  type DebtCopy,
  giftsAt,
  policyAt,
  say,
  subjectOf,
} from './course.ts';
import {
  feeBegins,
  LEVEL_LAG_MINUTES,
  lateFee,
  ppmOf,
  SETTLE_LAG_MINUTES,
  settlement,
  spend,
} from './rules.ts';

const CHARGED_MINUTES = LEVEL_LAG_MINUTES + SETTLE_LAG_MINUTES;

/** When the usage of the natural day that `at` lies in is charged. */
export function chargedAt(at: Date, zone: string): Date {
  return addMinutes(nextMidnight(at, zone), CHARGED_MINUTES);
}

/** When usage is charged next: a day that is just over may wait for it. */
export function chargeNext(now: Date, zone: string): Date {
  return chargedAt(addMinutes(now, -CHARGED_MINUTES), zone);
}

export interface Spent {
  gift: Micro;
  cash: Micro;
  missing: Micro;
}

/** Takes an amount from gifts and balance; where it isn't there and may not be owed, nothing is taken. */
export function take(
  course: Course,
  at: Date,
  of: { amount: Micro; product: string; from: 'all' | 'gifts'; owe: boolean },
): Spent {
  const gifts = giftsAt(course, at);
  const cash = of.from === 'gifts' ? 0n : course.cash;
  const spent = spend(of.amount, of.product, gifts, cash);
  // Everything is kept: what comes in is asked for by `takings`, and is there.
  if (course.keeping && of.from === 'all') {
    use(gifts, spent.gifts);
    course.takings.push({ at, amount: of.amount - spent.gift });
    return { gift: spent.gift, cash: of.amount - spent.gift, missing: 0n };
  }
  if (spent.missing > 0n && !of.owe) return { gift: 0n, cash: 0n, missing: spent.missing };
  use(gifts, spent.gifts);
  course.cash -= spent.cash;
  return { gift: spent.gift, cash: spent.cash, missing: spent.missing };
}

function use(gifts: Course['gifts'], used: { id: string; amount: Micro }[]): void {
  for (const { id, amount } of used) gifts.find((gift) => gift.id === id)!.left -= amount;
}

/** Something isn't paid: owed from now on, with the late fee that the terms give. */
export function owe(
  course: Course,
  at: Date,
  of: {
    policy: Pick<Policy, 'parameters' | 'acceptanceId'>;
    amount: Micro;
    label: string;
    dueAt?: Date;
    estimated: boolean;
  },
): DebtCopy {
  const { late_fee } = of.policy.parameters;
  const fee_ppm = ppmOf(late_fee?.per_day);
  const debt: DebtCopy = {
    ...{ id: null, acceptance_id: of.policy.acceptanceId, label: of.label, estimated: of.estimated },
    ...{ principal: of.amount, fee: 0n, fee_ppm, fee_rest_ppm: 0n },
    fee_due_at: feeBegins(late_fee, of.dueAt ?? at, course.zone),
    settle_from: of.dueAt ?? null,
  };
  course.debts.push(debt);
  if (course.account?.state === 'ended') lateFeesBegin(course, at);
  return debt;
}

/** The agreement has ended over arrears: late fees that begin with that do. */
export function lateFeesBegin(course: Course, at: Date): void {
  for (const debt of course.debts)
    if (debt.fee_ppm > 0 && debt.principal > 0n) debt.fee_due_at ??= nextMidnight(at, course.zone);
}

/** What is to be paid by then and isn't. */
export function owedAt({ debts }: Course, at: Date): Micro {
  return debts
    .filter(({ settle_from }) => settle_from === null || settle_from <= at)
    .reduce((sum, { principal, fee }) => sum + principal + fee, 0n);
}

/** Late fees of the natural days that are over. */
export async function lateFees(course: Course, at: Date): Promise<void> {
  for (const debt of course.debts) await lateFeeAdd(course, debt, at);
}

async function lateFeeAdd(course: Course, debt: DebtCopy, at: Date): Promise<void> {
  if (!debt.fee_due_at || debt.fee_due_at > at) return;
  const days = naturalDaysBetween(debt.fee_due_at, at, course.zone) + 1;
  const { fee, rest } = lateFee(debt.principal, debt.fee_ppm, days, debt.fee_rest_ppm);
  const unpaid = debt.principal;
  Object.assign(debt, { fee: debt.fee + fee, fee_rest_ppm: rest, fee_due_at: nextMidnight(at, course.zone) });
  if (fee === 0n) return;
  const terms = await termsAccepted(course.tx, debt.acceptance_id);
  say(course, {
    at,
    act: 'debt.late-fee',
    subject: { kind: 'debt', id: debt.id, label: debt.label },
    cited: citedAgreed(terms, 'late_fee'),
    ...{ amount: fee, money: 'owed' },
    facts: { days, unpaid: String(unpaid), rate_ppm: debt.fee_ppm },
    estimated: debt.estimated,
  });
}

/** The balance is used for what is due, the oldest first. A bill whose last part it pays is closed. */
export async function settle(course: Course, at: Date): Promise<void> {
  const due = course.debts.filter(({ settle_from }) => settle_from === null || settle_from <= at);
  for (const debt of due) {
    await lateFeeAdd(course, debt, at);
    const all = debt.principal + debt.fee;
    const part = settlement(debt, course.keeping ? all : course.cash);
    const amount = part.principal + part.fee;
    if (amount === 0n) continue;
    if (course.keeping) course.takings.push({ at, amount });
    else course.cash -= amount;
    debt.principal -= part.principal;
    debt.fee -= part.fee;
    if (debt.principal === 0n) debt.fee_due_at = null;
    say(course, {
      at,
      act: amount === all ? 'debt.settled' : 'debt.paid-in-part',
      subject: { kind: 'debt', id: debt.id, label: debt.label },
      cited: null,
      ...{ amount, money: 'paid', estimated: debt.estimated },
    });
    if (amount === all) await billPaid(course, debt, at);
  }
  course.debts = course.debts.filter(({ principal, fee }) => principal + fee > 0n);
}

async function billPaid(course: Course, debt: DebtCopy, at: Date): Promise<void> {
  const bill = course.bills.find((one) => one.debt === debt && one.state !== 'paid');
  if (!bill) return;
  const service = course.services.find(({ id }) => id === bill.service_id);
  if (service && bill.state === 'overdue') service.holds--;
  Object.assign(bill, { state: 'paid', remind_at: null, end_at: null });
  if (!service) return;
  say(course, {
    at,
    act: 'bill.paid',
    subject: { kind: 'bill', id: bill.id, label: bill.number ?? subjectOf(service).label },
    cited: cited(await policyAt(course, service, at), 'bills'),
  });
}

/** Gifts whose time is over: what is left of them is gone. */
export async function giftsEnd(course: Course, at: Date): Promise<void> {
  for (const gift of course.gifts.filter(({ expiresAt, left }) => expiresAt <= at && left > 0n)) {
    const terms = await acceptanceLatest(course.tx, course.customerId);
    say(course, {
      at,
      act: 'gift.expired',
      subject: { kind: 'gift', id: gift.id, label: '' },
      cited: terms?.parameters.gifts ? citedAgreed(terms, 'gifts') : null,
      ...{ amount: gift.left, money: 'lapses' },
    });
    gift.left = 0n;
  }
}

import { FEN, type Micro } from '#kernel/money.ts';
import { problems } from '#kernel/problem.ts';
import { addMinutes, addMs } from '#kernel/time.ts';
import { deletionAt, dueReminders, erasureAt, nextReminder, reminderAt } from '#modules/lifecycle/rules.ts';

/** An account that pays by use. `ended`: its agreement ended over arrears; nothing of it runs any more. */
export type AccountState = 'running' | 'frozen' | 'ended';

export const problem = problems({
  'account-frozen': {
    status: 403,
    title: { zh: '账户因欠费已冻结', en: 'The account is frozen over arrears' },
    remedy: {
      zh: '请充值还清 {due} 元后继续。',
      en: 'Top up to settle the CNY {due} that is to be paid, and go on.',
    },
  },
  'agreement-ended': {
    status: 403,
    title: { zh: '协议已因欠费终止', en: 'The agreement has ended over arrears' },
    remedy: {
      zh: '还清欠款并重新接受服务条款后，可以重新开始。',
      en: 'Pay what is owed and accept the terms anew to start again.',
    },
  },
  'still-owing': {
    status: 409,
    title: { zh: '还有 {due} 元欠款未结清', en: 'CNY {due} is still owed' },
    remedy: { zh: '请先充值结清。', en: 'Top up to settle it first.' },
  },
  'nothing-ended': {
    status: 409,
    title: { zh: '协议没有终止，无需重新开始', en: 'The agreement hasn’t ended' },
    remedy: { zh: '无需处理。', en: 'Nothing is to be done.' },
  },
});

/** How an account stands at an instant. */
export interface Standing {
  /** Cash, and gifts as far as they may pay for what was used. */
  funds: Micro;
  /** Used and not charged yet. */
  consumption: Micro;
  /** What the funds don't cover of the consumption. */
  missing: Micro;
  /** Charged and not paid, with late fees. */
  owed: Micro;
}

/** 七牛云 7.2.1: the balance is below current consumption. Whoever owes already has none left. */
export function balanceBelow({ missing, owed }: Standing): boolean {
  return missing > 0n || owed > 0n;
}

/** What has to come in before it is unfrozen: whole fen, since less can't be paid. */
export function toPay({ missing, owed }: Standing): Micro {
  const exact = missing + owed;
  return ((exact + FEN - 1n) / FEN) * FEN;
}

const WEEK = 7;

/**
 * What a day costs lately, to the micro-yuan: the mean of the natural days since the first that cost something, seven at
 * most. `today` isn't over and doesn't count; yesterday does once it is charged. Zero when nothing was used.
 */
export function perDay(days: readonly { day: string; amount: Micro }[], today: string): Micro {
  const from = shiftDay(today, -WEEK);
  const within = days.filter(({ day }) => day >= from && day < today).map(({ day }) => day);
  if (within.length === 0) return 0n;
  within.sort();
  const before = shiftDay(today, -2);
  const last = within.at(-1)! > before ? within.at(-1)! : before;
  const count = Math.round((Date.parse(last) - Date.parse(within[0]!)) / DAY_MS) + 1;
  const sum = days.reduce((total, { day, amount }) => (within.includes(day) ? total + amount : total), 0n);
  return sum > 0n ? sum / BigInt(count) : 0n;
}

const DAY_MS = 86_400_000;

/** "2026-03-02" and -7 to "2026-02-23". */
export function shiftDay(day: string, by: number): string {
  return new Date(Date.parse(day) + by * DAY_MS).toISOString().slice(0, 10);
}

/** What of the balance is free of what was used already. */
export function free({ funds, consumption }: Standing): Micro {
  return funds > consumption ? funds - consumption : 0n;
}

const LONGEST_MS = BigInt(3_650 * DAY_MS);

/** How long an amount lasts at so much a day (七牛云 7.1: the term's length is by amount and prices); null: nothing is used. */
export function lastsMs(amount: Micro, daily: Micro): number | null {
  if (daily <= 0n) return null;
  const ms = (amount * BigInt(DAY_MS)) / daily;
  return Number(ms < LONGEST_MS ? ms : LONGEST_MS);
}

/** Does what is left last no more than so many days? Never where nothing is used. */
export function runsLow(standing: Standing, daily: Micro, days: number): boolean {
  const lasts = lastsMs(free(standing), daily);
  return lasts !== null && days > 0 && lasts <= days * DAY_MS;
}

/** What a day costs. */
export interface Rate {
  /** Lately, or at what is taken up now, whichever is more: by it a customer is warned. */
  daily: Micro;
  /** At what is taken up now: as time passes, nothing but this lessens the balance. Null: not known before the month is over. */
  burn: Micro | null;
}

const SOON_MINUTES = 1;
const PACE_SECONDS = 60;
const RICH_PACE_SECONDS = 3_600;
const RICH_DAYS = 30;

/**
 * When an account is looked at again though no news of usage came: as the balance falls below what the warning is for,
 * then as it is used up; `null`: only news can change it. And how long news may wait, which of an account whose balance
 * lasts for weeks needn't be looked at with each event.
 */
export function nextLook(
  standing: Standing,
  { daily, burn }: Rate,
  warnDays: number,
  now: Date,
  monthEnd: Date,
): { at: Date | null; paceSeconds: number } {
  const left = free(standing);
  const lasts = lastsMs(left, daily);
  const paceSeconds = lasts !== null && lasts > RICH_DAYS * DAY_MS ? RICH_PACE_SECONDS : PACE_SECONDS;
  if (burn === null) return { at: monthEnd, paceSeconds };
  const line = daily * BigInt(warnDays);
  const falls = lastsMs(left > line ? left - line : left, burn);
  if (falls === null) return { at: null, paceSeconds };
  const at = addMs(now, falls);
  const soonest = addMinutes(now, SOON_MINUTES);
  const next = at > soonest ? at : soonest;
  // The price of a level may change with the month: free quota, tiers.
  return { at: next < monthEnd || monthEnd <= now ? next : monthEnd, paceSeconds };
}

/**
 * When a frozen account's agreement ends: so many natural days from the freeze itself, however late it came, so that
 * our downtime shortens nobody's time to pay.
 */
export function frozenUntil(frozenAt: Date, days: number, zone: string): Date {
  return deletionAt(frozenAt, days, zone);
}

/** Until when the data is kept after the end itself (七牛云 4.3); the end where nothing is kept. */
export function keptUntil(endedAt: Date, days: number | undefined, zone: string): Date {
  return days === undefined ? endedAt : erasureAt(endedAt, days, zone);
}

/** The days before an end for which reminders are due now: the nearest is sent, earlier ones were missed (F25). */
export function remindersDue(
  endAt: Date,
  daysBefore: readonly number[],
  reminded: readonly number[],
  now: Date,
  zone: string,
): { send: number | null; missed: number[] } {
  return dueReminders(endAt, daysBefore, new Set(reminded), now, zone);
}

/** Days whose reminder would have been before `since` were never due: no time is left for them. */
export function reminderDays(
  endAt: Date,
  daysBefore: readonly number[],
  since: Date,
  zone: string,
): { first: Date | null; passed: number[] } {
  return {
    first: nextReminder(endAt, daysBefore, since, zone),
    passed: daysBefore.filter((days) => reminderAt(endAt, days, zone) <= since),
  };
}

import type { Micro } from '#kernel/money.ts';
import { addMinutes } from '#kernel/time.ts';
import { customerPolicy, endClause, monthEnd } from '#modules/arrears/index.ts';
import { type Policy, policyOf } from '#modules/terms/index.ts';
import {
  type AccountCopy,
  type Course,
  cited,
  citedNamed,
  type FreezeCopy,
  giftsAt,
  lookSoon,
  say,
} from './course.ts';
import { chargedAt, lateFeesBegin, owe, owedAt, take } from './money-walk.ts';
import {
  accountKeptUntil,
  balanceBelow,
  type Cited,
  frozenUntil,
  LEVEL_LAG_MINUTES,
  nextLook,
  reminderDays,
  remindersDue,
  runsLow,
  SETTLE_LAG_MINUTES,
  type Standing,
  spend,
  toPay,
} from './rules.ts';
import { endBy, hold } from './services-walk.ts';

const DAY_MS = 86_400_000n;
const came = (instant: Date | null, at: Date): boolean => instant !== null && instant <= at;
const subjectOf = ({ customerId }: Course) => ({ kind: 'customer', id: customerId, label: '' });

/** Used by then and not charged: usage goes on at its rate. */
function usedAt({ used, since, rate, closed_at }: AccountCopy, at: Date): Micro {
  const to = closed_at && closed_at < at ? closed_at : at;
  if (to <= since) return used;
  return used + (rate.daily * BigInt(to.getTime() - since.getTime())) / DAY_MS;
}

/** Nothing is used from then on; what was used is charged as ever. */
export function closeUsage({ account }: Course, at: Date): void {
  if (!account || account.closed_at || account.state === 'ended') return;
  Object.assign(account, {
    used: usedAt(account, at),
    since: at,
    closed_at: at,
    rate: { daily: 0n, burn: 0n },
  });
}

function standingAt(course: Course, account: AccountCopy, at: Date): Standing {
  const gifts = giftsAt(course, at);
  const consumption = usedAt(account, at);
  const { missing } = spend(consumption, account.product, gifts, course.cash);
  const funds = gifts.reduce((sum, { left }) => sum + left, course.cash);
  return { funds, consumption, missing, owed: owedAt(course, at) };
}

/** What was used is charged by the day; what can't be paid is owed. */
export async function charges(course: Course, at: Date): Promise<void> {
  const { account } = course;
  if (!account || !came(account.charge_at, at)) return;
  const dayEnd = addMinutes(account.charge_at!, -LEVEL_LAG_MINUTES - SETTLE_LAG_MINUTES);
  const amount = usedAt(account, dayEnd);
  const over = account.closed_at !== null && account.closed_at <= dayEnd;
  Object.assign(account, { used: 0n, since: dayEnd, charge_at: over ? null : chargedAt(at, course.zone) });
  if (amount === 0n) return;
  const { missing } = take(course, at, { amount, product: account.product, from: 'all', owe: true });
  if (missing === 0n) return;
  const policy = await customerPolicy(course.tx, course.customerId, at);
  if (!policy) return;
  if (course.debts.length === 0)
    say(course, {
      at,
      act: 'arrears.began',
      subject: subjectOf(course),
      cited: cited(policy, 'metered'),
      ...{ amount: missing, money: 'owed', estimated: true },
    });
  owe(course, at, { policy, amount: missing, label: account.product, estimated: true });
  lookSoon(course, at);
  if (account.state !== 'frozen' || !policy.parameters.storage_after_expiry) return;
  say(course, {
    at,
    act: 'account.billed-on',
    subject: { kind: 'charge', id: null, label: account.product },
    cited: cited(policy, 'storage_after_expiry'),
    ...{ amount: missing, money: 'owed', estimated: true },
  });
}

/** The balance against what was used: a warning, or the freeze. */
export async function looks(course: Course, at: Date): Promise<void> {
  const { account } = course;
  if (!account || !came(account.check_at, at)) return;
  account.check_at = null;
  const policy = await customerPolicy(course.tx, course.customerId, at);
  if (account.state !== 'running' || course.keeping || !policy?.parameters.arrears) return;
  const standing = standingAt(course, account, at);
  if (balanceBelow(standing)) return freeze(course, account, at, { policy, standing });
  const { daily } = account.rate;
  const warnDays = policy.parameters.arrears.warn_days ?? 0;
  const month = monthEnd({ ...course.ctx, now: at });
  account.check_at = nextLook(standing, { daily, burn: daily }, warnDays, at, month).at;
  if (runsLow(standing, daily, warnDays) && !account.warned) {
    account.warned = true;
    say(course, {
      at,
      act: 'account.warned',
      subject: subjectOf(course),
      cited: cited(policy, 'arrears'),
      ...{ amount: standing.funds - standing.consumption, money: null, estimated: true },
      facts: { daily: String(daily) },
    });
  }
  if (!runsLow(standing, daily, 2 * warnDays)) account.warned = false;
}

function freeze(
  course: Course,
  account: AccountCopy,
  at: Date,
  { policy, standing }: { policy: Policy; standing: Standing },
): void {
  const rule = policy.parameters.arrears!;
  const endAt = frozenUntil(at, rule.end_days, course.zone);
  const { first, passed } = reminderDays(endAt, rule.remind_days_before ?? [], at, course.zone);
  account.state = 'frozen';
  account.freeze = {
    ...{ acceptance_id: policy.acceptanceId, frozen_at: at, end_at: endAt, ended: false },
    ...{ remind_at: first, reminded: passed, erase_at: null },
  };
  // What is stored is charged on; nothing else is used any more.
  const { burn, daily } = account.rate;
  if (burn !== null && burn < daily)
    Object.assign(account, { used: usedAt(account, at), since: at, rate: { daily: burn, burn } });
  say(course, {
    at,
    act: 'account.frozen',
    subject: subjectOf(course),
    cited: cited(policy, 'arrears'),
    ...{ amount: toPay(standing), money: 'missing', estimated: true },
    facts: { ends_at: endAt.toISOString() },
  });
  if (!policy.parameters.withhold) return;
  const clause = cited(policy, 'withhold');
  for (const service of course.services.filter(({ state }) => LIVING.has(state)))
    hold(course, service, at, clause, true);
}

const LIVING = new Set(['preparing', 'active', 'suspended']);

function policyFor({ tx, customerId }: Course, { acceptance_id: acceptanceId }: FreezeCopy, at: Date) {
  return policyOf(tx, { customerId, serviceId: null, acceptanceId }, at);
}

function citedEnd(policy: Policy): Cited {
  return citedNamed(policy, 'arrears', endClause(policy).clause);
}

export async function freezeReminders(course: Course, at: Date): Promise<void> {
  const { account } = course;
  const frozen = account?.freeze;
  if (!account || !frozen || !came(frozen.remind_at, at)) return;
  const policy = await policyFor(course, frozen, at);
  const days = policy.parameters.arrears?.remind_days_before ?? [];
  const { send, missed } = remindersDue(frozen.end_at, days, frozen.reminded, at, course.zone);
  frozen.reminded.push(...missed, ...(send === null ? [] : [send]));
  frozen.remind_at = reminderDays(frozen.end_at, days, at, course.zone).first;
  if (send === null) return;
  say(course, {
    at,
    act: 'account.reminded',
    subject: subjectOf(course),
    cited: citedEnd(policy),
    ...{ amount: toPay(standingAt(course, account, at)), money: 'missing', estimated: true },
    facts: { days_before: send, ends_at: frozen.end_at.toISOString() },
  });
}

/** The days to pay are over: the agreement ends, and what was prepaid under it where the terms withhold it. */
export async function accountEnds(course: Course, at: Date): Promise<void> {
  const { account } = course;
  const frozen = account?.freeze;
  if (!account || !frozen || frozen.ended || frozen.end_at > at || course.keeping) return;
  const policy = await policyFor(course, frozen, at);
  const standing = standingAt(course, account, at);
  const eraseAt = accountKeptUntil(at, policy.parameters.retention?.days, course.zone);
  Object.assign(frozen, { ended: true, remind_at: null, erase_at: eraseAt });
  Object.assign(account, { closed_at: at, state: 'ended', check_at: null });
  lateFeesBegin(course, at);
  const clause = citedEnd(policy);
  say(course, {
    at,
    act: 'account.ended',
    subject: subjectOf(course),
    cited: clause,
    ...{ amount: standing.owed, money: 'owed', estimated: true },
    facts: { erased_at: eraseAt.toISOString() },
  });
  if (!policy.parameters.withhold) return;
  for (const service of course.services.filter(({ state }) => LIVING.has(state)))
    await endBy(course, service, at, { by: 'arrears', cited: clause, refund: false });
}

export async function accountErasures(course: Course, at: Date): Promise<void> {
  const frozen = course.account?.freeze;
  if (!frozen || !came(frozen.erase_at, at)) return;
  frozen.erase_at = null;
  const policy = await policyFor(course, frozen, at);
  say(course, {
    at,
    act: 'account.erased',
    subject: subjectOf(course),
    cited: policy.parameters.retention ? cited(policy, 'retention') : citedEnd(policy),
    estimated: true,
  });
}

export function accountNext({ account, keeping }: Course): (Date | null)[] {
  const frozen = account?.freeze;
  const end = frozen && !frozen.ended && !keeping ? frozen.end_at : null;
  return [
    account?.check_at ?? null,
    account?.charge_at ?? null,
    frozen?.remind_at ?? null,
    end,
    frozen?.erase_at ?? null,
  ];
}

import type { Micro } from '#kernel/money.ts';
import { addMonthsAnchored } from '#kernel/time.ts';
import { gross, serviceWorth, unconsumed } from '#modules/billing/index.ts';
import {
  type Coupon,
  catalogueInForce,
  couponLeft,
  couponsRecurring,
  discountOf,
  isFor,
  priceKept,
  pricesMoved,
} from '#modules/catalogue/index.ts';
import { type Policy, periodsSold } from '#modules/terms/index.ts';
import {
  type Course,
  cited,
  lookSoon,
  policyAt,
  policyThen,
  type ServiceCopy,
  say,
  subjectOf,
} from './course.ts';
import { take } from './money-walk.ts';
import {
  afterExpiry,
  type Cited,
  dueReminders,
  expiryBy,
  keptAfterGrace,
  keptUntil,
  nextLooks,
  nextReminder,
  nextRenewal,
  renewalBy,
  renewedFrom,
  transition,
} from './rules.ts';

const came = (instant: Date | null, at: Date): boolean => instant !== null && instant <= at;

export function byInstantAndId(column: 'renew_at' | 'remind_at' | 'period_end' | 'delete_at') {
  return (a: ServiceCopy, b: ServiceCopy) =>
    (a[column]?.getTime() ?? 0) - (b[column]?.getTime() ?? 0) || (a.id < b.id ? -1 : 1);
}

/** Renewals by themselves that are due, from the balance; those by bill are `billIssue`'s. */
export async function renewals(
  course: Course,
  at: Date,
  billIssue: (course: Course, service: ServiceCopy, at: Date) => Promise<void>,
): Promise<void> {
  const due = course.services
    .filter(({ state, renew_at }) => (state === 'active' || state === 'suspended') && came(renew_at, at))
    .sort(byInstantAndId('renew_at'));
  if (course.restricted) {
    for (const service of due) await putOff(course, service, at);
    return;
  }
  for (const service of due.filter(({ renew_by }) => renew_by === 'bill'))
    await billIssue(course, service, at);
  for (const service of due.filter((one) => one.renew_by === 'balance' && came(one.renew_at, at))) {
    const months = service.auto_renew_months!;
    if (course.keeping) {
      // What keeps it is to be there by the end of its period; the tries before may find nothing.
      if (service.state === 'active' && service.period_end > at) await putOff(course, service, at);
      else await renew(course, service, at, { months, by: 'itself' });
      continue;
    }
    const missing = await renew(course, service, at, { months, by: 'itself' });
    if (missing === null) continue;
    const policy = await policyAt(course, service, at);
    say(course, {
      at,
      act: 'service.not-renewed',
      subject: subjectOf(service),
      cited: cited(policy, 'auto_renew'),
      ...{ amount: missing, money: 'missing' },
      facts: { period_end: service.period_end.toISOString() },
    });
    await putOff(course, service, at);
  }
}

export async function putOff(course: Course, service: ServiceCopy, at: Date): Promise<void> {
  const { parameters } = await policyAt(course, service, at);
  service.renew_at = nextRenewal(
    service.period_end,
    parameters.reminders?.days_before ?? [],
    at,
    course.zone,
  );
}

/** The next period of a service. Returns what is missing, null when it is paid or owed. */
export async function renew(
  course: Course,
  service: ServiceCopy,
  at: Date,
  of: { months: number; by: 'customer' | 'itself' | 'bill' },
): Promise<Micro | null> {
  const { tx, ctx, zone } = course;
  const policy = await policyAt(course, service, at);
  const monthly = (await pricesMoved(tx, at, [service.id])).get(service.id) ?? service.renewal_price_micro;
  const { document } = await catalogueInForce(tx, ctx.brand.id, at);
  const { product, plan } = service;
  const asked = { product, plan, months: of.months, monthly };
  const coupon = await couponAt(course, service, at);
  const priced = priceKept(document, asked, coupon ? discountOf(coupon) : undefined);
  const from = of.by === 'bill' ? 'gifts' : 'all';
  const spent = take(course, at, { amount: priced.amount, product, from, owe: of.by === 'bill' });
  if (spent.missing > 0n && of.by !== 'bill') return spent.missing;
  if (coupon) couponUsed(course, coupon);
  const { from: start, anchorDay } = renewedFrom(service, policy.parameters, at, zone);
  const end = addMonthsAnchored(start, of.months, anchorDay, zone);
  const restored = service.state === 'suspended';
  service.paid.push({ from: start, to: end, net: priced.amount - priced.tax, tax: priced.tax });
  Object.assign(service, {
    ...{ state: transition(service.state, 'renewed')!, period_start: start, period_end: end },
    anchor_day: anchorDay,
    ...{ renewal_price_micro: monthly, suspended_at: null, delete_at: null },
    ...nextLooks(service, policy.parameters, end, at, zone),
    reminded: new Set(),
  });
  say(course, {
    at,
    act: restored ? 'service.restored' : 'service.renewed',
    subject: subjectOf(service),
    cited: cited(policy, renewalBy(policy.parameters, of.by, restored)),
    ...{ amount: priced.amount, money: of.by === 'bill' ? 'owed' : 'paid' },
    facts: {
      ...{ months: of.months, period_end: end.toISOString(), by: of.by },
      ...{ gift: String(spent.gift), owed: String(spent.missing) },
    },
  });
  lookSoon(course, at);
  return null;
}

/** The coupon that recurs at this service's renewals, while it holds and isn't used up. */
async function couponAt(course: Course, service: ServiceCopy, at: Date): Promise<Coupon | null> {
  const { tx, customerId } = course;
  const coupon = (await couponsRecurring(tx, { ...course.ctx, now: at }, [service.id])).get(service.id);
  if (!coupon || !isFor(coupon, service)) return null;
  const left = course.coupons.get(coupon.id) ?? (await couponLeft(tx, coupon, customerId));
  course.coupons.set(coupon.id, left);
  return (left.inAll ?? 1) > 0 && (left.own ?? 1) > 0 ? coupon : null;
}

function couponUsed({ coupons }: Course, { id }: Coupon): void {
  const left = coupons.get(id)!;
  if (left.inAll !== null) left.inAll--;
  if (left.own !== null) left.own--;
}

export async function reminders(course: Course, at: Date): Promise<void> {
  const due = course.services.filter(({ state, remind_at }) => state === 'active' && came(remind_at, at));
  for (const service of due.sort(byInstantAndId('remind_at'))) {
    const policy = await policyAt(course, service, at);
    const days = policy.parameters.reminders?.days_before ?? [];
    const { send, missed } = dueReminders(service.period_end, days, service.reminded, at, course.zone);
    for (const day of send === null ? missed : [...missed, send]) service.reminded.add(day);
    service.remind_at = nextReminder(service.period_end, days, at, course.zone);
    if (send === null) continue;
    say(course, {
      at,
      act: 'service.reminded',
      subject: subjectOf(service),
      cited: cited(policy, 'reminders'),
      ...{ amount: service.renewal_price_micro, money: 'missing' },
      facts: { days_before: send, period_end: service.period_end.toISOString() },
    });
  }
}

export async function expiries(course: Course, at: Date): Promise<void> {
  const due = course.services.filter(
    ({ state, period_end }) => transition(state, 'expired') && period_end <= at,
  );
  for (const service of due.sort(byInstantAndId('period_end'))) {
    const policy = await policyAt(course, service, at);
    if (course.keeping) {
      await renew(course, service, at, { months: monthsOf(service, policy), by: 'customer' });
      continue;
    }
    const next = afterExpiry(policy.parameters, at, course.zone);
    Object.assign(service, {
      ...{ state: transition(service.state, 'expired')!, suspended_at: at, remind_at: null },
      delete_at: next?.graceEnds ?? null,
    });
    say(course, {
      at,
      act: 'service.suspended',
      subject: subjectOf(service),
      cited: cited(policy, expiryBy(policy.parameters)),
      ...{ amount: service.renewal_price_micro, money: 'missing' },
      facts: {
        unpaid_from: service.period_end.toISOString(),
        follows: next?.follows ?? null,
        then_at: next?.graceEnds.toISOString() ?? null,
      },
    });
  }
}

/** The shortest period that the terms sell. */
function monthsOf({ auto_renew_months: chosen }: ServiceCopy, { parameters }: Policy): number {
  return chosen ?? Math.min(...periodsSold(parameters));
}

/** Graces and retentions that are over. */
export async function deletions(course: Course, at: Date): Promise<void> {
  const due = course.services.filter(({ delete_at }) => came(delete_at, at));
  for (const service of due.sort(byInstantAndId('delete_at'))) {
    if (service.state === 'suspended')
      graceOver(course, service, at, await policyThen(course, service, service.suspended_at!));
    else await retentionOver(course, service, at);
  }
}

function graceOver(course: Course, service: ServiceCopy, at: Date, policy: Policy): void {
  const kept = keptAfterGrace(policy.parameters, at, course.zone);
  over(service, at, kept);
  say(course, {
    at,
    act: kept ? 'service.ended' : 'service.deleted',
    subject: subjectOf(service),
    cited: cited(policy, expiryBy(policy.parameters)),
    facts: { by: 'expiry', kept_until: kept?.toISOString() ?? null },
  });
}

async function retentionOver(course: Course, service: ServiceCopy, at: Date): Promise<void> {
  const ended = await policyThen(course, service, service.ended_at!);
  const holds = ended.parameters.retention
    ? ended
    : await policyThen(course, service, service.suspended_at ?? service.ended_at!);
  over(service, at, null);
  say(course, {
    at,
    act: 'service.deleted',
    subject: subjectOf(service),
    cited: cited(holds, 'retention'),
    facts: { ended_at: service.ended_at?.toISOString() ?? null },
  });
}

function over(service: ServiceCopy, at: Date, kept: Date | null): void {
  const state = transition(service.state, kept ? 'ended' : 'wiped')!;
  const ended_at = service.ended_at ?? at;
  Object.assign(service, { state, ended_at, delete_at: kept, remind_at: null, renew_at: null });
}

/** It is kept from running until what is owed is paid; its paid time runs on. */
export function hold(course: Course, service: ServiceCopy, at: Date, clause: Cited, estimated = false): void {
  if (service.state === 'deleted' || service.state === 'failed') return;
  service.holds++;
  say(course, { at, act: 'service.held', subject: subjectOf(service), cited: clause, estimated });
}

/** Ends a service before its time; what isn't consumed comes back where `refund` says so. */
export async function endBy(
  course: Course,
  service: ServiceCopy,
  at: Date,
  of: { by: string; cited: Cited; refund: boolean },
): Promise<void> {
  const policy = await policyAt(course, service, at);
  const kept = keptUntil(policy.parameters, at, course.zone);
  if (service.state === 'ended' || !transition(service.state, kept ? 'ended' : 'wiped')) return;
  const refunded = of.refund ? await worth(course, service, at) : 0n;
  over(service, at, kept);
  course.cash += refunded;
  say(course, {
    at,
    act: 'service.ended',
    subject: subjectOf(service),
    cited: of.cited,
    ...(refunded > 0n ? { amount: refunded, money: 'back' as const } : {}),
    facts: { by: of.by, kept_until: kept?.toISOString() ?? null },
  });
  if (!kept) service.delete_at = null;
}

async function worth({ tx }: Course, { id, customer_id, paid }: ServiceCopy, at: Date): Promise<Micro> {
  const onTheWay = paid.map(({ from, to, net, tax }) =>
    gross(unconsumed({ accrual: { startsAt: from, endsAt: to, amount: net }, tax }, at)),
  );
  return onTheWay.reduce((sum, part) => sum + part, await serviceWorth(tx, id, at, customer_id));
}

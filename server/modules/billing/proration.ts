import { type Micro, multiply, nearestFen, split, wholeFen } from '#kernel/money.ts';
import { addMonthsAnchored, addMs, dayOfMonth } from '#kernel/time.ts';
import { type Accrual, earnedAt, passed } from './rules.ts';

/** What a paid order still covers. */
export interface Cover {
  orderId: string;
  accrual: Accrual;
  /** Paid with what runs from the accrual's start. */
  tax: Micro;
}

export interface Value {
  net: Micro;
  tax: Micro;
}

/** What was paid and isn't consumed: by the millisecond, by what was paid, never by the list. */
export function unconsumed({ accrual, tax }: Omit<Cover, 'orderId'>, now: Date): Value {
  return {
    net: accrual.amount - earnedAt(accrual, now),
    tax: tax - passed(tax, accrual.startsAt, accrual.endsAt, now),
  };
}

export function gross({ net, tax }: Value): Micro {
  return net + tax;
}

function restOf(price: Micro, from: Date, to: Date, now: Date): Micro {
  return price - passed(price, from, to, now);
}

/**
 * What a change of plan costs in one paid period: above zero is paid, below zero goes back, never more than what is
 * there is worth; whole fen. Prices are of the whole period. What is left of each is rounded by itself, not their
 * difference: so however many plans lie between, home again at the same instant comes to nothing.
 */
export function changeCost(input: {
  from: Date;
  to: Date;
  now: Date;
  before: Micro;
  after: Micro;
  worth: Micro;
}): Micro {
  const { from, to, now, before, after, worth } = input;
  const cost = nearestFen(restOf(after, from, to, now)) - nearestFen(restOf(before, from, to, now));
  const most = wholeFen(worth);
  return cost < -most ? -most : cost;
}

/** A cover of which part goes back: what is earned stays, the rest runs from now to the same end. */
export function rebased<C extends Omit<Cover, 'orderId'>>(cover: C, back: Value, now: Date): C {
  const { accrual } = cover;
  const left = unconsumed(cover, now);
  const started = now < accrual.startsAt ? accrual.startsAt : now;
  const startsAt = started < accrual.endsAt ? started : accrual.endsAt;
  const base = earnedAt(accrual, now);
  const amount = accrual.amount - back.net;
  return { ...cover, accrual: { ...accrual, startsAt, base, amount }, tax: left.tax - back.tax };
}

/** Takes an amount from covers, the newest first, and never more from one than is left of it. */
export function takeBack(
  amount: Micro,
  covers: readonly { orderId: string; left: Value }[],
): { orderId: string; amount: Micro; tax: Micro }[] {
  let due = amount;
  return covers.flatMap(({ orderId, left }) => {
    const whole = gross(left);
    const part = due < whole ? due : whole;
    if (part <= 0n) return [];
    due -= part;
    const [, tax] = split(part, [left.net, left.tax]);
    return [{ orderId, amount: part, tax: tax! }];
  });
}

/** What a stretch of time costs by the month: whole months of the calendar, and the part of the next one. */
export function durationPrice(monthly: Micro, from: Date, to: Date, zone: string): Micro {
  const { months, start } = wholeMonths(from, zone, (end) => end <= to);
  const next = monthAfter(from, months + 1, zone);
  return multiply(monthly, BigInt(months)) + passed(monthly, start, next, to);
}

/** Until when a value lasts from an instant at a monthly price above zero: `durationPrice` the other way round. */
export function lastsUntil(value: Micro, monthly: Micro, from: Date, zone: string): Date {
  const [months, rest] = [value / monthly, value % monthly];
  const start = monthAfter(from, Number(months), zone);
  const length = BigInt(monthAfter(from, Number(months) + 1, zone).getTime() - start.getTime());
  const ms = (length * rest) / monthly;
  return addMs(start, Number(ms));
}

function wholeMonths(from: Date, zone: string, fits: (end: Date) => boolean) {
  let months = 0;
  while (fits(monthAfter(from, months + 1, zone))) months++;
  return { months, start: monthAfter(from, months, zone) };
}

function monthAfter(from: Date, months: number, zone: string): Date {
  return months === 0 ? from : addMonthsAnchored(from, months, dayOfMonth(from, zone), zone);
}

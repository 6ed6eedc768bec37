import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import {
  accountEnds,
  accountErasures,
  accountNext,
  charges,
  freezeReminders,
  looks,
} from './account-walk.ts';
import { billIssue, billReminders, billsDue, billsEnd, billsNext } from './bills-walk.ts';
import { courseOf } from './copy.ts';
import type { Course } from './course.ts';
import { dates } from './dates-walk.ts';
import { giftsEnd, lateFees, owedAt } from './money-walk.ts';
import { type Line, type Need, needsOf } from './rules.ts';
import { deletions, expiries, reminders, renewals } from './services-walk.ts';

export interface Forecast {
  from: Date;
  until: Date;
  cash: Micro;
  /** Owed and due already. */
  owed: Micro;
  /** What a day of usage costs lately; null where nothing is metered. */
  daily: Micro | null;
  lines: Line[];
  /** What has to come in for all that runs to be kept to the end of these days. */
  needs: Need[];
}

/** At one instant in the order of the sweeps (server/worker.ts). */
const STEPS: ((course: Course, at: Date) => Promise<void>)[] = [
  (course, at) => dates(course, at, 'agreement'),
  lateFees,
  giftsEnd,
  charges,
  (course, at) => renewals(course, at, billIssue),
  reminders,
  expiries,
  deletions,
  looks,
  freezeReminders,
  accountEnds,
  accountErasures,
  billReminders,
  billsDue,
  billsEnd,
  (course, at) => dates(course, at, 'provider'),
];

/**
 * What will happen to a customer in the days ahead if nobody does anything, and what it costs: from due date to due date
 * over a copy, by the rules and policies that the sweeps use. Reads only: give it a transaction that can't write.
 */
export async function forecast(tx: Tx, ctx: Ctx, customerId: string, days: number): Promise<Forecast> {
  const course = await courseOf(tx, ctx, customerId, days);
  const { cash, until, account } = course;
  const owed = owedAt(course, ctx.now);
  const daily = account?.rate.daily ?? null;
  await walk(course);
  const kept = { ...(await courseOf(tx, ctx, customerId, days)), keeping: true };
  if (owed > 0n) kept.takings.push({ at: ctx.now, amount: owed });
  kept.debts = kept.debts.filter(({ settle_from }) => settle_from !== null && settle_from > ctx.now);
  await walk(kept);
  return { from: ctx.now, until, cash, owed, daily, lines: course.lines, needs: needsOf(cash, kept.takings) };
}

const MOST_STOPS = 20_000;

async function walk(course: Course): Promise<void> {
  for (let stops = 0; ; stops++) {
    if (stops > MOST_STOPS) throw new Error('a forecast stays at one instant');
    const next = nextOf(course);
    if (!next || next > course.until) return;
    const at = next > course.ctx.now ? next : course.ctx.now;
    for (const step of STEPS) await step(course, at);
  }
}

function nextOf(course: Course): Date | null {
  const instants = [
    ...course.dates.map(({ at }) => at),
    ...course.debts.map(({ fee_due_at }) => fee_due_at),
    ...course.gifts.filter(({ left }) => left > 0n).map(({ expiresAt }) => expiresAt),
    ...course.services.flatMap(serviceNext),
    ...accountNext(course),
    ...billsNext(course),
  ].filter((instant) => instant !== null);
  return instants.reduce<Date | null>((first, at) => (!first || at < first ? at : first), null);
}

function serviceNext({ state, ...service }: Course['services'][number]): (Date | null)[] {
  if (state === 'active') return [service.renew_at, service.remind_at, service.period_end];
  if (state === 'suspended') return [service.renew_at, service.delete_at];
  return [state === 'ended' ? service.delete_at : null];
}

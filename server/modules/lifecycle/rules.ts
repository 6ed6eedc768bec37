import { problems } from '#kernel/problem.ts';
import { addDays, dayOfMonth } from '#kernel/time.ts';
import type { Parameters } from '#modules/terms/index.ts';

/**
 * A service's life, the same for all brands; when and whether it goes from one state to the next comes from the policy.
 * `preparing`: paid, being made. `suspended`: expired, in grace or without end. `ended`: over, its data kept for a while.
 * `deleted`: its data goes, or is gone (the certificate says when). `failed`: could not be made and was refunded.
 */
export type State = 'preparing' | 'active' | 'suspended' | 'ended' | 'deleted' | 'failed';

/** `ended`: over, and the terms keep the data. `wiped`: nothing is kept, or not any longer. */
export type Happening = 'ready' | 'failed' | 'expired' | 'renewed' | 'ended' | 'wiped';

const TRANSITIONS: Record<State, Partial<Record<Happening, State>>> = {
  preparing: { ready: 'active', failed: 'failed', wiped: 'deleted' },
  active: { renewed: 'active', expired: 'suspended', ended: 'ended', wiped: 'deleted' },
  suspended: { renewed: 'active', ended: 'ended', wiped: 'deleted' },
  ended: { wiped: 'deleted' },
  deleted: {},
  failed: {},
};

/** The state after it happened; null when it can't happen in this state. */
export function transition(state: State, happening: Happening): State | null {
  return TRANSITIONS[state][happening] ?? null;
}

/** May it be on? Holds stand beside the state and never change it. */
export function runs(service: { state: State; holds: number; read_out_until: Date | null }): boolean {
  if (service.holds > 0) return false;
  return service.state === 'active' || (service.state === 'ended' && service.read_out_until !== null);
}

/** Who ended a service, or what did. */
export type EndedBy = 'customer' | 'agreement' | 'breach' | 'provider' | 'arrears' | 'expiry';

export const problem = problems({
  'not-renewable': {
    status: 409,
    title: { zh: '这项服务现在不能续费', en: 'This service can’t be renewed now' },
    remedy: {
      zh: '已删除或未开通的服务不能续费；正在创建的服务请等它完成。',
      en: 'A service that is deleted or was never made can’t be; wait for one that is being made.',
    },
  },
  'not-changeable': {
    status: 409,
    title: { zh: '这项服务现在不能变更套餐', en: 'This service can’t be changed now' },
    remedy: {
      zh: '只有运行中的服务可以变更；已到期的请先续费。',
      en: 'Only an active one can; renew it first if it has expired.',
    },
  },
  'not-endable': {
    status: 409,
    title: { zh: '这项服务现在不能终止', en: 'This service can’t be ended now' },
    remedy: {
      zh: '正在创建的请稍候；已删除的无需终止。',
      en: 'Wait for one that is being made; one that is deleted has ended.',
    },
  },
  'not-extendable': {
    status: 409,
    title: { zh: '这项服务已终止，不能顺延', en: 'This service has ended; its term can’t be extended' },
    remedy: {
      zh: '只有尚未终止的服务可以顺延，且只能向后。',
      en: 'Only one that hasn’t ended can be extended, and only to a later time.',
    },
  },
  'read-out-impossible': {
    status: 409,
    title: { zh: '现在不能开机取数据', en: 'The machine can’t be started for copying the data out' },
    remedy: {
      zh: '只有终止后、数据保留期内、条款约定了可下载数据的服务可以，且只有一次；被限制的服务不行。',
      en: 'Only after the end, while the data is kept, where the terms promise it, once, and not while it is held.',
    },
  },
  'nothing-to-align': {
    status: 422,
    title: { zh: '这些服务的到期时间已经一致', en: 'These services end together already' },
    remedy: { zh: '请选择到期时间不同的服务。', en: 'Choose services that end at different times.' },
  },
  'auto-renew-unknown': {
    status: 409,
    title: { zh: '这项服务的条款没有自动续费', en: 'The terms of this service know no automatic renewal' },
    remedy: { zh: '请在到期前手动续费。', en: 'Renew it by hand before it expires.' },
  },
  'auto-renew-months': {
    status: 422,
    title: { zh: '不能按这个时长自动续费', en: 'It can’t renew itself for this period' },
    remedy: { zh: '可选时长：{months} 个月。', en: 'Possible: {months} month(s).' },
  },
});

/** Natural days before the end of the period, at the same wall-clock time. */
export function reminderAt(periodEnd: Date, daysBefore: number, zone: string): Date {
  return addDays(periodEnd, -daysBefore, zone);
}

/** The first reminder after `after`; null when none is left. `daysBefore` falls. */
export function nextReminder(
  periodEnd: Date,
  daysBefore: readonly number[],
  after: Date,
  zone: string,
): Date | null {
  const instants = daysBefore.map((days) => reminderAt(periodEnd, days, zone));
  return instants.find((instant) => instant > after && instant < periodEnd) ?? null;
}

/** When the bill for the next period is issued: so many natural days before it, at once if that has passed. */
export function billAt(periodEnd: Date, daysBefore: number, now: Date, zone: string): Date {
  const at = addDays(periodEnd, -daysBefore, zone);
  return at > now ? at : now;
}

/** When a renewal by itself is tried next: as the next reminder would go out, or at the end of the period; null past it. */
export function nextRenewal(
  periodEnd: Date,
  daysBefore: readonly number[],
  after: Date,
  zone: string,
): Date | null {
  return nextReminder(periodEnd, daysBefore, after, zone) ?? (periodEnd > after ? periodEnd : null);
}

/**
 * What a look at `now` does about reminders that fell due and aren't on record: the nearest to the end is sent,
 * those before it are noted as missed; past the end all are missed, for the suspension speaks then (F25).
 */
export function dueReminders(
  periodEnd: Date,
  daysBefore: readonly number[],
  recorded: ReadonlySet<number>,
  now: Date,
  zone: string,
): { send: number | null; missed: number[] } {
  const due = daysBefore.filter((days) => !recorded.has(days) && reminderAt(periodEnd, days, zone) <= now);
  if (due.length === 0) return { send: null, missed: [] };
  if (now >= periodEnd) return { send: null, missed: due };
  return { send: due.at(-1)!, missed: due.slice(0, -1) };
}

/**
 * When a suspended service is deleted: the grace that the terms promise, counted from the suspension itself, so
 * that a suspension which came late (we were down) shortens nobody's time to renew.
 */
export function deletionAt(suspendedAt: Date, graceDays: number, zone: string): Date {
  return addDays(suspendedAt, graceDays, zone);
}

/** Until when data is kept after an end: natural days (七牛云 4.3). */
export function erasureAt(endedAt: Date, days: number, zone: string): Date {
  return addDays(endedAt, days, zone);
}

/** By which figure a service is suspended: terms without an expiry of their own let nobody have unpaid what they sell for a price. */
export function expiryBy({ expiry }: Pick<Parameters, 'expiry'>): 'expiry' | 'payment' {
  return expiry ? 'expiry' : 'payment';
}

/** What follows by itself on a suspension at `now`: when the grace is over and what comes then; null where nothing does. */
export function afterExpiry(
  { expiry }: Pick<Parameters, 'expiry'>,
  now: Date,
  zone: string,
): { graceEnds: Date; follows: 'delete' | 'end' } | null {
  if (expiry?.grace_days === undefined) return null;
  return { graceEnds: deletionAt(now, expiry.grace_days, zone), follows: expiry.then ?? 'delete' };
}

/** Until when the data of a service that ends at `now` is kept; null where the terms keep none. */
export function keptUntil(
  { retention }: Pick<Parameters, 'retention'>,
  now: Date,
  zone: string,
): Date | null {
  return retention ? erasureAt(now, retention.days, zone) : null;
}

/** Until when the data of a service whose grace is over is kept; null: it goes at once. */
export function keptAfterGrace(
  agreed: Pick<Parameters, 'expiry' | 'retention'>,
  now: Date,
  zone: string,
): Date | null {
  return agreed.expiry?.then === 'end' ? keptUntil(agreed, now, zone) : null;
}

/**
 * Where a renewal's period begins: where the last one ended, so the due day stays (decision 0007). A suspended service
 * whose terms name no day on which it goes may wait for months; its period begins when it is paid, since nobody pays for
 * time in which it stood still and which is over.
 */
export function renewedFrom(
  service: { state: State; period_end: Date; anchor_day: number },
  { expiry }: Pick<Parameters, 'expiry'>,
  now: Date,
  zone: string,
): { from: Date; anchorDay: number } {
  return service.state === 'suspended' && expiry?.grace_days === undefined
    ? { from: now, anchorDay: dayOfMonth(now, zone) }
    : { from: service.period_end, anchorDay: service.anchor_day };
}

/** When a service that is paid until `end` is looked at next: its reminder, and its renewal by itself. */
export function nextInstants(
  { reminders }: Pick<Parameters, 'reminders'>,
  end: Date,
  now: Date,
  zone: string,
): { remind: Date | null; renew: Date | null } {
  const days = reminders?.days_before ?? [];
  return { remind: nextReminder(end, days, now, zone), renew: nextRenewal(end, days, now, zone) };
}

/** When the next bill of a service that is paid until `end` is issued; null where it renews itself from the balance. */
export function nextBill(
  { bills }: Pick<Parameters, 'bills'>,
  renewsBy: 'balance' | 'bill',
  end: Date,
  now: Date,
  zone: string,
): Date | null {
  return renewsBy === 'bill' && bills ? billAt(end, bills.issue_days_before, now, zone) : null;
}

/** The same of one service, as its columns; a bill goes before a renewal from the balance. */
export function nextLooks(
  { auto_renew_months, renew_by }: { auto_renew_months: number | null; renew_by: 'balance' | 'bill' },
  parameters: Pick<Parameters, 'reminders' | 'bills'>,
  end: Date,
  now: Date,
  zone: string,
): { remind_at: Date | null; renew_at: Date | null } {
  const { remind, renew } = nextInstants(parameters, end, now, zone);
  const renews = nextBill(parameters, renew_by, end, now, zone) ?? renew;
  return { remind_at: remind, renew_at: auto_renew_months === null ? null : renews };
}

/** By which figure a service is renewed. */
export function renewalBy(
  { periods }: Pick<Parameters, 'periods'>,
  by: 'customer' | 'itself' | 'bill',
  restored: boolean,
): 'bills' | 'auto_renew' | 'expiry' | 'periods' | 'payment' {
  if (by === 'bill') return 'bills';
  if (by === 'itself') return 'auto_renew';
  if (restored) return 'expiry';
  return periods ? 'periods' : 'payment';
}

import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { insertAll } from '#kernel/insert-all.ts';
import { formatYuan } from '#kernel/money.ts';
import { byInstant, daysLeft, wallClock } from '#kernel/time.ts';
import { auditRecordAll } from '#modules/audit/index.ts';
import { type Policy, policiesOf } from '#modules/terms/index.ts';
import { dueReminders, expiryBy, nextReminder } from './rules.ts';
import { policyOn, remindersOf, type Service, servicesChanged, tellAll } from './service-row.ts';
import './tables.ts';

interface Look {
  service: Service;
  policy: Policy;
  send: number | null;
  missed: number[];
  next: Date | null;
}

/** Sends the reminders that are due for locked services, notes those that were missed, and sets the next. */
export async function servicesRemind(tx: Tx, ctx: Ctx, due: readonly Service[]): Promise<void> {
  const { zone } = ctx.brand;
  const policies = await policiesOf(tx, due.map(policyOn), ctx.now);
  const recorded = await remindersOf(tx, due);
  const looks = due.map((service, i): Look => {
    const policy = policies[i]!;
    const days = policy.parameters.reminders?.days_before ?? [];
    const known = new Set(recorded.get(service.id)?.map((reminder) => reminder.days));
    return {
      service,
      policy,
      ...dueReminders(service.period_end, days, known, ctx.now, zone),
      next: nextReminder(service.period_end, days, ctx.now, zone),
    };
  });
  const told = looks.filter((look): look is Look & { send: number } => look.send !== null);
  const notices = await remind(tx, ctx, told);
  await insertAll(tx, 'lifecycle_reminder', [
    ...looks.flatMap(({ service, missed }) => missed.map((days) => row(ctx, service, days, null))),
    ...told.map(({ service, send }, i) => row(ctx, service, send, notices[i]!)),
  ]);
  await auditRecordAll(
    tx,
    ctx,
    told.map(({ service, policy, send }, i) => ({
      action: 'service.reminded',
      subject: { kind: 'service', id: service.id },
      customerId: service.customer_id,
      clause: policy.clauseOf('reminders'),
      facts: { days_before: send, period_end: service.period_end },
      notices: [notices[i]!],
    })),
  );
  await sql`update lifecycle_service s set remind_at = n.remind_at
    from unnest(${due.map(({ id }) => id)}::uuid[], ${looks.map(({ next }) => next?.toISOString() ?? null)}::timestamptz[])
      as n (id, remind_at)
    where s.id = n.id`.execute(tx);
  await servicesChanged(
    tx,
    due.map(({ id }) => id),
  );
}

function row(ctx: Ctx, service: Service, days: number, notice: string | null) {
  return {
    service_id: service.id,
    period_end: service.period_end,
    days_before: days,
    at: ctx.now,
    notice_id: notice,
  };
}

/** By what follows on a grace that nobody used. */
const KINDS = { delete: 'service-reminder', end: 'service-reminder-ends' } as const;

function remind(tx: Tx, ctx: Ctx, told: (Look & { send: number })[]): Promise<string[]> {
  const wall = byInstant((instant) => wallClock(instant, ctx.brand.zone));
  return tellAll(
    tx,
    ctx,
    told.map(({ service, policy, send }) => {
      const { grace_days: grace, then: follows = 'delete' } = policy.parameters.expiry ?? {};
      return {
        service,
        kind: grace === undefined ? 'service-reminder-kept' : KINDS[follows],
        dedupe: `reminder:${service.id}:${service.period_end.toISOString()}:${send}`,
        values: {
          days: daysLeft(ctx.now, service.period_end),
          expires: wall(service.period_end),
          ...(grace === undefined ? {} : { grace }),
          price: formatYuan(service.renewal_price_micro),
          // What the reminder tells of stands here; that it is sent, in the clause on record.
          clause: policy.clauseOf(expiryBy(policy.parameters)).clause,
        },
      };
    }),
  );
}

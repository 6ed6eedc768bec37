import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan } from '#kernel/money.ts';
import { wallClock } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { policyOf } from '#modules/terms/index.ts';
import { dueReminders, nextReminder } from './rules.ts';
import { policyOn, type Service, serviceSet, tell } from './service-row.ts';

/** Sends the reminder that is due for a locked service, notes those that were missed, and sets the next. */
export async function serviceRemind(tx: Tx, ctx: Ctx, service: Service): Promise<void> {
  const terms = await policyOf(tx, policyOn(service), ctx.now);
  const { reminders, expiry } = terms.parameters;
  const days_before = reminders?.days_before ?? [];
  const clause = terms.clauseOf('reminders');
  const grace = expiry?.grace_days;
  const { zone } = ctx.brand;
  const rows = await tx
    .selectFrom('lifecycle_reminder')
    .select('days_before')
    .where('service_id', '=', service.id)
    .where('period_end', '=', service.period_end)
    .execute();
  const recorded = new Set(rows.map((row) => row.days_before));
  const { send, missed } = dueReminders(service.period_end, days_before, recorded, ctx.now, zone);
  const row = (days: number, notice: string | null) => ({
    service_id: service.id,
    period_end: service.period_end,
    days_before: days,
    at: ctx.now,
    notice_id: notice,
  });
  for (const days of missed) await tx.insertInto('lifecycle_reminder').values(row(days, null)).execute();
  if (send !== null) {
    const notice = await tell(tx, ctx, service, {
      kind: grace === undefined ? 'service-reminder-kept' : 'service-reminder',
      dedupe: `reminder:${service.id}:${service.period_end.toISOString()}:${send}`,
      values: {
        days: send,
        expires: wallClock(service.period_end, zone),
        ...(grace === undefined ? {} : { grace }),
        price: formatYuan(service.renewal_price_micro),
        clause: clause.clause,
      },
    });
    await tx.insertInto('lifecycle_reminder').values(row(send, notice)).execute();
    await auditRecord(tx, ctx, {
      action: 'service.reminded',
      subject: { kind: 'service', id: service.id },
      customerId: service.customer_id,
      clause,
      facts: { days_before: send, period_end: service.period_end.toISOString() },
      notices: [notice],
    });
  }
  await serviceSet(tx, service, { remind_at: nextReminder(service.period_end, days_before, ctx.now, zone) });
}

import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan } from '#kernel/money.ts';
import { wallClock } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { policyOf } from '#modules/terms/index.ts';
import { deletionAt, transition } from './rules.ts';
import { noticesOf, policyOn, type Service, serviceSet, tell } from './service-row.ts';

declare module '#kernel/events.ts' {
  interface Events {
    'service.suspended': { serviceId: string };
    'service.restored': { serviceId: string };
    'service.deleted': { serviceId: string };
  }
}

/** The paid period of a locked service is over and the next one isn't paid: suspended, with the grace that the terms give. */
export async function serviceSuspend(tx: Tx, ctx: Ctx, service: Service): Promise<void> {
  const next = transition(service.state, 'expired');
  if (!next || service.period_end > ctx.now) return;
  const terms = await policyOf(tx, policyOn(service), ctx.now);
  const clause = terms.clauseOf('expiry');
  const { zone } = ctx.brand;
  const grace = terms.parameters.expiry?.grace_days;
  const delete_at = grace === undefined ? null : deletionAt(ctx.now, grace, zone);
  const before = await noticesOf(tx, service);
  await serviceSet(tx, service, { state: next, suspended_at: ctx.now, delete_at, remind_at: null });
  const notice = await tell(tx, ctx, service, {
    kind: delete_at ? 'service-suspended' : 'service-suspended-kept',
    dedupe: `suspended:${service.id}:${service.period_end.toISOString()}`,
    values: {
      expires: wallClock(service.period_end, zone),
      ...(delete_at ? { deletes: wallClock(delete_at, zone) } : {}),
      price: formatYuan(service.renewal_price_micro),
      clause: clause.clause,
    },
  });
  await tx
    .insertInto('lifecycle_reminder')
    .values({
      service_id: service.id,
      period_end: service.period_end,
      days_before: 0,
      at: ctx.now,
      notice_id: notice,
    })
    .execute();
  await auditRecord(tx, ctx, {
    action: 'service.suspended',
    subject: { kind: 'service', id: service.id },
    customerId: service.customer_id,
    clause,
    facts: {
      unpaid_from: service.period_end.toISOString(),
      unpaid: formatYuan(service.renewal_price_micro),
      deleted_at: delete_at?.toISOString() ?? null,
    },
    notices: before,
  });
  await ctx.bus.emit(tx, ctx, 'service.suspended', { serviceId: service.id });
}

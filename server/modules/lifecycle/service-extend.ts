import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { addMs, dayOfMonth } from '#kernel/time.ts';
import { auditRecord, type ClauseRef } from '#modules/audit/index.ts';
import { type Policy, policyOf } from '#modules/terms/index.ts';
import { afterExpiry, nextLooks, problem, runs, transition } from './rules.ts';
import { policyOn, type Service, serviceLock, serviceSet } from './service-row.ts';
import './tables.ts';

export type Extension = {
  serviceId: string;
  clause: ClauseRef;
  reason: string;
  /** What it makes good: an outage, by its id. */
  cause: string;
  notices?: string[];
} & ({ until: Date } | { byMs: number });

/**
 * Lengthens what is paid without money (蓝天云 4.2, 七牛云 8.2); the due day moves with it. One that has expired meanwhile
 * runs again if the new end is still to come; otherwise its grace is counted from the new end. Returns the new end.
 * Throws `not-extendable` for what has ended, and for an end that isn't later.
 */
export async function serviceExtend(tx: Tx, ctx: Ctx, extension: Extension): Promise<Date> {
  const service = await serviceLock(tx, extension.serviceId);
  const until = 'until' in extension ? extension.until : addMs(service.period_end, extension.byMs);
  const lives = ['preparing', 'active', 'suspended'].includes(service.state);
  if (!lives || until <= service.period_end) throw problem['not-extendable']();
  const { zone } = ctx.brand;
  const { parameters } = await policyOf(tx, policyOn(service), ctx.now);
  const restored = service.state === 'suspended' && until > ctx.now;
  const after = await serviceSet(tx, service, {
    period_end: until,
    anchor_day: dayOfMonth(until, zone),
    ...nextLooks(service, parameters, until, ctx.now, zone),
    ...(restored
      ? { state: transition(service.state, 'renewed')!, suspended_at: null, delete_at: null }
      : { delete_at: graceEnds(service, parameters, until, zone) }),
  });
  if (service.state === 'suspended' && !restored) await remindersFollow(tx, service, until);
  await auditRecord(tx, ctx, {
    action: 'service.extended',
    subject: { kind: 'service', id: service.id },
    customerId: service.customer_id,
    clause: extension.clause,
    facts: {
      cause: extension.cause,
      reason: extension.reason,
      from: service.period_end.toISOString(),
      period_end: until.toISOString(),
    },
    notices: extension.notices ?? [],
  });
  if (restored && runs(after)) await ctx.bus.emit(tx, ctx, 'service.restored', { serviceIds: [service.id] });
  return until;
}

/** When the grace is over of what has expired by its new end too: never sooner than was told. */
function graceEnds(
  { suspended_at, delete_at }: Service,
  parameters: Policy['parameters'],
  until: Date,
  zone: string,
): Date | null {
  if (!suspended_at || !delete_at) return delete_at;
  const next = afterExpiry(parameters, suspended_at > until ? suspended_at : until, zone);
  return next && next.graceEnds > delete_at ? next.graceEnds : delete_at;
}

/** What was told of the end that was is what was told before the deletion. */
async function remindersFollow(tx: Tx, { id, period_end }: Service, until: Date): Promise<void> {
  await tx
    .insertInto('lifecycle_reminder')
    .columns(['service_id', 'period_end', 'days_before', 'at', 'notice_id'])
    .expression((e) =>
      e
        .selectFrom('lifecycle_reminder')
        .select((r) => ['service_id', r.val(until).as('period_end'), 'days_before', 'at', 'notice_id'])
        .where('service_id', '=', id)
        .where('period_end', '=', period_end),
    )
    .execute();
}

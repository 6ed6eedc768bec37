import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { addMinutes } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { policyOf } from '#modules/terms/index.ts';
import { problem } from './rules.ts';
import { policyOn, serviceLock, serviceSet } from './service-row.ts';
import './tables.ts';

/**
 * The data of an ended service is to be copied out: its machine runs once more, for so long as the terms give, and never
 * past the end of the retention. Once. Returns until when. Throws `read-out-impossible`.
 */
export async function readOutOpen(tx: Tx, ctx: Ctx, serviceId: string): Promise<Date> {
  const service = await serviceLock(tx, serviceId);
  const end = await tx
    .selectFrom('lifecycle_end')
    .select(['read_out_at', 'ended_at'])
    .where('service_id', '=', service.id)
    .executeTakeFirst();
  if (service.state !== 'ended' || !end || end.read_out_at || service.holds > 0)
    throw problem['read-out-impossible']();
  const policy = await policyOf(tx, policyOn(service), end.ended_at);
  const hours = policy.parameters.retention?.read_out_hours;
  if (!hours) throw problem['read-out-impossible']();
  const wanted = addMinutes(ctx.now, hours * 60);
  const until = service.delete_at! < wanted ? service.delete_at! : wanted;
  await serviceSet(tx, service, { read_out_until: until });
  await tx
    .updateTable('lifecycle_end')
    .set({ read_out_at: ctx.now })
    .where('service_id', '=', service.id)
    .execute();
  await auditRecord(tx, ctx, {
    action: 'service.read-out-opened',
    subject: { kind: 'service', id: service.id },
    customerId: service.customer_id,
    clause: policy.clauseOf('retention'),
    facts: { until, kept_until: service.delete_at },
  });
  await ctx.bus.emit(tx, ctx, 'service.restored', { serviceIds: [service.id] });
  return until;
}

const CLOSED_TOGETHER = 200;

/** The time for copying out is over: the machines stop again. Returns how many. */
export async function readOutsClose(tx: Tx, ctx: Ctx): Promise<number> {
  const due = await tx
    .selectFrom('lifecycle_service')
    .selectAll()
    .where('brand', '=', ctx.brand.id)
    .where('read_out_until', '<=', ctx.now)
    .orderBy('read_out_until')
    .limit(CLOSED_TOGETHER)
    .forUpdate()
    .skipLocked()
    .execute();
  if (due.length === 0) return 0;
  for (const service of due) await serviceSet(tx, service, { read_out_until: null });
  await ctx.bus.emit(tx, ctx, 'service.suspended', { serviceIds: due.map(({ id }) => id) });
  return due.length;
}

export async function readOutDue(db: Db): Promise<Date | null> {
  const row = await db
    .selectFrom('lifecycle_service')
    .select((e) => e.fn.min<Date | null>('read_out_until').as('due'))
    .where('read_out_until', 'is not', null)
    .executeTakeFirst();
  return row?.due ?? null;
}

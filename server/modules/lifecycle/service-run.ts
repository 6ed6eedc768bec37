import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { earliest } from '#kernel/sweeps.ts';
import { addMinutes } from '#kernel/time.ts';
import { auditRecord, type ClauseRef } from '#modules/audit/index.ts';
import { policyOf } from '#modules/terms/index.ts';
import { problem, runs } from './rules.ts';
import { policyOn, type Service, serviceLock, serviceSet } from './service-row.ts';
import type { HoldCause } from './tables.ts';
import './tables.ts';

/** What runs beside its state: held although it is paid, or started once more although it has ended. */

export interface Hold {
  serviceId: string;
  cause: HoldCause;
  clause: ClauseRef;
  reason: string;
  /** What asks for it, as its own room names it; it releases by the same name. */
  refId: string;
  /** What the customer was told before. */
  notices?: string[];
}

/**
 * Keeps a service from running until it is released. It stops no time: what is paid runs on, and ends as the terms say,
 * and a renewal renews it without starting it. Returns false where that hold stands already, or nothing is left to hold.
 */
export async function serviceHold(tx: Tx, ctx: Ctx, hold: Hold): Promise<boolean> {
  const service = await serviceLock(tx, hold.serviceId);
  if (service.state === 'deleted' || service.state === 'failed') return false;
  if (await standing(tx, service, hold.refId)) return false;
  const { clause } = hold;
  await tx
    .insertInto('lifecycle_hold')
    .values({
      id: newId(),
      brand: service.brand,
      service_id: service.id,
      cause: hold.cause,
      ref_id: hold.refId,
      clause_id: clause.clause,
      clause_version: clause.version,
      clause_hash: clause.sha256,
      reason: hold.reason,
      placed_at: ctx.now,
      released_at: null,
    })
    .execute();
  await serviceSet(tx, service, { holds: service.holds + 1 });
  await auditRecord(tx, ctx, {
    action: 'service.held',
    subject: { kind: 'service', id: service.id },
    customerId: service.customer_id,
    clause,
    facts: {
      cause: hold.cause,
      ref: hold.refId,
      reason: hold.reason,
      state: service.state,
      paid_until: service.period_end.toISOString(),
    },
    notices: hold.notices ?? [],
  });
  if (service.holds === 0) await ctx.bus.emit(tx, ctx, 'service.suspended', { serviceIds: [service.id] });
  return true;
}

/** Lifts one hold; with the last of them a service that is paid for runs again. False where it didn't stand. */
export async function serviceRelease(
  tx: Tx,
  ctx: Ctx,
  input: { serviceId: string; refId: string; reason?: string; notices?: string[] },
): Promise<boolean> {
  const service = await serviceLock(tx, input.serviceId);
  const hold = await standing(tx, service, input.refId);
  if (!hold) return false;
  await tx.updateTable('lifecycle_hold').set({ released_at: ctx.now }).where('id', '=', hold.id).execute();
  const after = await serviceSet(tx, service, { holds: service.holds - 1 });
  await auditRecord(tx, ctx, {
    action: 'service.released',
    subject: { kind: 'service', id: service.id },
    customerId: service.customer_id,
    facts: {
      cause: hold.cause,
      ref: hold.ref_id,
      held_from: hold.placed_at.toISOString(),
      held_by: hold.clause_id,
      ...(input.reason ? { reason: input.reason } : {}),
      holds_left: after.holds,
    },
    notices: input.notices ?? [],
  });
  if (runs(after) || (after.state === 'preparing' && after.holds === 0))
    await ctx.bus.emit(tx, ctx, 'service.restored', { serviceIds: [service.id] });
  return true;
}

function standing(tx: Tx, service: Service, refId: string) {
  return tx
    .selectFrom('lifecycle_hold')
    .selectAll()
    .where('service_id', '=', service.id)
    .where('ref_id', '=', refId)
    .where('released_at', 'is', null)
    .executeTakeFirst();
}

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

export const readOutDue = earliest('lifecycle_service', 'read_out_until', sql`read_out_until is not null`);

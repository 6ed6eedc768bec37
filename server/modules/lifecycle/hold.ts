import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { auditRecord, type ClauseRef } from '#modules/audit/index.ts';
import { runs } from './rules.ts';
import { type Service, serviceLock, serviceSet } from './service-row.ts';
import type { HoldCause } from './tables.ts';
import './tables.ts';

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

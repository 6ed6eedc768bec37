import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { insertAll } from '#kernel/insert-all.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { byInstant, wallClock } from '#kernel/time.ts';
import { auditRecordAll, type ClauseRef } from '#modules/audit/index.ts';
import { stockReturn } from '#modules/catalogue/index.ts';
import type { Policy } from '#modules/terms/index.ts';
import { type EndedBy, keptUntil, problem, transition } from './rules.ts';
import { type Service, servicesChanged, tellAll } from './service-row.ts';
import './tables.ts';

export interface End {
  service: Service;
  by: EndedBy;
  clause: ClauseRef;
  reason: string | null;
  refunded: Micro;
  /** Until when its data is kept, and by which clause; null: it goes now. */
  kept: { until: Date; clause: ClauseRef } | null;
  facts: Record<string, unknown>;
  /** What was said before. */
  notices: string[];
}

/** For how long the terms keep data after an end (七牛云 4.3, 云服务器 S5.2); null where they don't. */
export function keptAfter(ctx: Ctx, policy: Policy): End['kept'] {
  const until = keptUntil(policy.parameters, ctx.now, ctx.brand.zone);
  return until && { until, clause: policy.clauseOf('retention') };
}

/**
 * Ends locked services: those whose data is kept stop, the data of the others goes now. On record is who ended each, by
 * which clause, and when and by which its data goes; the customer is told, save by an end of the grace, which its terms
 * let pass in silence. Throws `not-endable`.
 */
export async function servicesEnded(tx: Tx, ctx: Ctx, ends: readonly End[]): Promise<void> {
  if (ends.length === 0) return;
  await endsWrite(tx, ctx, ends);
  const aloud = ends.filter(({ by, kept }) => by !== 'expiry' || kept);
  const told = await endsTell(tx, ctx, aloud);
  await insertAll(
    tx,
    'lifecycle_end',
    ends.map((end) => endRow(ctx, end, told.get(end.service.id))),
  );
  await auditRecordAll(
    tx,
    ctx,
    ends.map(({ service, by, clause, kept, facts, notices, refunded, reason }) => ({
      action: by === 'expiry' && !kept ? 'service.deleted' : 'service.ended',
      subject: { kind: 'service', id: service.id },
      customerId: service.customer_id,
      clause,
      facts: {
        ...facts,
        by,
        ...(reason ? { reason } : {}),
        ...(by === 'expiry' ? {} : { refunded: formatYuan(refunded), period_end: service.period_end }),
        ...(kept ? { kept_until: kept.until, kept_by: kept.clause.clause } : {}),
      },
      notices,
    })),
  );
  const stopped = ends.filter(({ kept }) => kept).map(({ service }) => service);
  const wiped = ends.filter(({ kept }) => !kept).map(({ service }) => service);
  if (stopped.length > 0)
    await ctx.bus.emit(tx, ctx, 'service.suspended', { serviceIds: stopped.map(({ id }) => id) });
  await dataGoes(tx, ctx, wiped);
}

/** The data of these goes now: their place is free to be sold again, and compute takes away what there is. */
export async function dataGoes(tx: Tx, ctx: Ctx, services: readonly Service[]): Promise<void> {
  if (services.length === 0) return;
  const pieces = new Map<string, number>();
  for (const { plan, region } of services) {
    const key = JSON.stringify([plan, region]);
    pieces.set(key, (pieces.get(key) ?? 0) + 1);
  }
  // In one order for all, so that two batches don't wait for each other.
  for (const [key, count] of [...pieces].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const [plan, region] = JSON.parse(key) as [string, string];
    await stockReturn(tx, ctx, plan, region, count);
  }
  await ctx.bus.emit(tx, ctx, 'service.deleted', { serviceIds: services.map(({ id }) => id) });
}

async function endsWrite(tx: Tx, ctx: Ctx, ends: readonly End[]): Promise<void> {
  const rows = ends.map(({ service, kept }) => {
    const state = transition(service.state, kept ? 'ended' : 'wiped');
    if (!state) throw problem['not-endable']();
    return { id: service.id, state, deleteAt: kept?.until.toISOString() ?? null };
  });
  const ids = rows.map(({ id }) => id);
  await sql`update lifecycle_service s set state = n.state, ended_at = ${ctx.now}, delete_at = n.delete_at,
      deleted_at = case n.state when 'deleted' then ${ctx.now}::timestamptz end, remind_at = null, renew_at = null
    from unnest(${ids}::uuid[], ${rows.map(({ state }) => state)}::text[],
      ${rows.map(({ deleteAt }) => deleteAt)}::timestamptz[]) as n (id, state, delete_at)
    where s.id = n.id`.execute(tx);
  await servicesChanged(tx, ids);
}

function endRow(ctx: Ctx, end: End, told: string | undefined) {
  const erase = end.kept?.clause ?? end.clause;
  return {
    service_id: end.service.id,
    brand: ctx.brand.id,
    by: end.by,
    clause_id: end.clause.clause,
    clause_version: end.clause.version,
    clause_hash: end.clause.sha256,
    reason: end.reason,
    refunded_micro: end.refunded,
    ended_at: ctx.now,
    erase_at: end.kept?.until ?? ctx.now,
    erase_clause_id: erase.clause,
    erase_clause_version: erase.version,
    erase_clause_hash: erase.sha256,
    notices: told ? [...end.notices, told] : end.notices,
  };
}

/** Tells that they have ended. Returns the notices' ids by service. */
async function endsTell(tx: Tx, ctx: Ctx, ends: readonly End[]): Promise<Map<string, string>> {
  const wall = byInstant((instant) => wallClock(instant, ctx.brand.zone));
  const ids = await tellAll(
    tx,
    ctx,
    ends.map(({ service, clause, kept, refunded }) => ({
      service,
      kind: kept ? ('service-ended-kept' as const) : ('service-ended' as const),
      dedupe: `ended:${service.id}`,
      values: {
        clause: clause.clause,
        refunded: formatYuan(refunded),
        ...(kept ? { erases: wall(kept.until), kept_by: kept.clause.clause } : {}),
      },
    })),
  );
  return new Map(ends.map(({ service }, i) => [service.id, ids[i]!]));
}

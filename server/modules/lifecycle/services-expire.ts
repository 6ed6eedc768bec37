import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { insertAll } from '#kernel/insert-all.ts';
import { formatYuan } from '#kernel/money.ts';
import { byInstant, wallClock } from '#kernel/time.ts';
import { auditRecordAll, type ClauseRef } from '#modules/audit/index.ts';
import { type Policy, policiesOf } from '#modules/terms/index.ts';
import { afterExpiry, expiryBy, transition } from './rules.ts';
import { policyOn, remindersOf, type Service, sent, servicesChanged, tellAll } from './service-row.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** These don't run any longer, for whatever cause: expired, held, ended with their data kept. */
    'service.suspended': { serviceIds: readonly string[] };
    /** These run (again). */
    'service.restored': { serviceIds: readonly string[] };
    /** The data of these goes now. */
    'service.deleted': { serviceIds: readonly string[] };
  }
}

interface Expiry {
  service: Service;
  clause: ClauseRef;
  /** When the grace is over; null where nothing follows by itself. */
  graceEnds: Date | null;
  /** What follows then. */
  follows: 'delete' | 'end' | null;
}

/** The paid period of locked services is over and the next one isn't paid: suspended, with the grace that the terms give. */
export async function servicesExpire(tx: Tx, ctx: Ctx, due: readonly Service[]): Promise<void> {
  const expired = due.filter(
    (service) => transition(service.state, 'expired') && service.period_end <= ctx.now,
  );
  const policies = await policiesOf(tx, expired.map(policyOn), ctx.now);
  const expiries = expired.map((service, i) => expiryOf(ctx, service, policies[i]!));
  const before = await remindersOf(tx, expired);
  await suspensionsWrite(tx, ctx, expiries);
  const notices = await suspensionsTell(tx, ctx, expiries);
  await insertAll(
    tx,
    'lifecycle_reminder',
    expired.map((service, i) => ({
      service_id: service.id,
      period_end: service.period_end,
      days_before: 0,
      at: ctx.now,
      notice_id: notices[i]!,
    })),
  );
  await auditRecordAll(
    tx,
    ctx,
    expiries.map(({ service, clause, graceEnds, follows }) => ({
      action: 'service.suspended',
      subject: { kind: 'service', id: service.id },
      customerId: service.customer_id,
      clause,
      facts: {
        unpaid_from: service.period_end,
        unpaid: formatYuan(service.renewal_price_micro),
        deleted_at: follows === 'delete' ? graceEnds : null,
        ...(follows === 'end' ? { ends_at: graceEnds } : {}),
      },
      notices: sent(before.get(service.id)),
    })),
  );
  if (expired.length > 0)
    await ctx.bus.emit(tx, ctx, 'service.suspended', { serviceIds: expired.map(({ id }) => id) });
}

function expiryOf(ctx: Ctx, service: Service, policy: Policy): Expiry {
  const { parameters } = policy;
  const clause = policy.clauseOf(expiryBy(parameters));
  const next = afterExpiry(parameters, ctx.now, ctx.brand.zone) ?? { graceEnds: null, follows: null };
  return { service, clause, ...next };
}

async function suspensionsWrite(tx: Tx, ctx: Ctx, expiries: Expiry[]): Promise<void> {
  const ids = expiries.map(({ service }) => service.id);
  await sql`update lifecycle_service s set state = 'suspended', suspended_at = ${ctx.now}, delete_at = n.delete_at,
      remind_at = null
    from unnest(${ids}::uuid[], ${expiries.map(({ graceEnds }) => graceEnds?.toISOString() ?? null)}::timestamptz[])
      as n (id, delete_at)
    where s.id = n.id`.execute(tx);
  await servicesChanged(tx, ids);
}

const KINDS = {
  delete: 'service-suspended',
  end: 'service-suspended-ends',
  none: 'service-suspended-kept',
} as const;

function suspensionsTell(tx: Tx, ctx: Ctx, expiries: Expiry[]): Promise<string[]> {
  const wall = byInstant((instant) => wallClock(instant, ctx.brand.zone));
  return tellAll(
    tx,
    ctx,
    expiries.map(({ service, clause, graceEnds, follows }) => ({
      service,
      kind: KINDS[follows ?? 'none'],
      dedupe: `suspended:${service.id}:${service.period_end.toISOString()}`,
      values: {
        expires: wall(service.period_end),
        ...(graceEnds ? { deletes: wall(graceEnds) } : {}),
        price: formatYuan(service.renewal_price_micro),
        clause: clause.clause,
      },
    })),
  );
}

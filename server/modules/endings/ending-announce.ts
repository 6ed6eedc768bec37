import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { addDays, wallClock } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import {
  policyOn,
  requireEndable,
  serviceEndBy,
  serviceIsEndable,
  serviceLock,
  tell,
} from '#modules/lifecycle/index.ts';
import { policyOf } from '#modules/terms/index.ts';
import { problem } from './rules.ts';
import type { EndingTable } from './tables.ts';
import './tables.ts';

/**
 * The operator announces that it ends a service, so many days ahead as the customer's terms ask for; the customer is
 * told. Announced already: the first announcement stands. Returns when it ends. Terms without it: `end-not-in-terms`.
 */
export async function endingAnnounce(
  tx: Tx,
  ctx: Ctx,
  input: { serviceId: string; reason: string },
): Promise<Date> {
  const service = await serviceLock(tx, input.serviceId);
  requireEndable(service);
  const terms = await policyOf(tx, policyOn(service), ctx.now);
  const rule = terms.parameters.provider_end;
  if (!rule) throw problem['end-not-in-terms']();
  const earlier = await tx
    .selectFrom('lifecycle_ending')
    .select('end_at')
    .where('service_id', '=', service.id)
    .executeTakeFirst();
  if (earlier) return earlier.end_at;
  const clause = terms.clauseOf('provider_end');
  const endAt = addDays(ctx.now, rule.notice_days, ctx.brand.zone);
  const notice = await tell(tx, ctx, service, {
    kind: 'service-ending',
    dedupe: `ending:${service.id}`,
    values: { ends: wallClock(endAt, ctx.brand.zone), reason: input.reason, clause: clause.clause },
  });
  await tx
    .insertInto('lifecycle_ending')
    .values({
      service_id: service.id,
      brand: service.brand,
      end_at: endAt,
      reason: input.reason,
      announced_at: ctx.now,
      notice_id: notice,
      done_at: null,
    })
    .execute();
  await auditRecord(tx, ctx, {
    action: 'service.ending-announced',
    subject: { kind: 'service', id: service.id },
    customerId: service.customer_id,
    clause,
    facts: { ends_at: endAt.toISOString(), reason: input.reason },
    notices: [notice],
  });
  return endAt;
}

export type Ending = Selectable<EndingTable>;

/** Ends what was announced and is due. */
export async function endingDue(tx: Tx, ctx: Ctx, ending: Ending): Promise<void> {
  const { service_id, reason, notice_id: notice } = ending;
  const service = await serviceLock(tx, service_id);
  // Gone by itself meanwhile: nothing is left to end.
  if (serviceIsEndable(service)) {
    const terms = await policyOf(tx, policyOn(service), ctx.now);
    await serviceEndBy(tx, ctx, {
      serviceId: service.id,
      by: 'provider',
      clause: terms.clauseOf('provider_end'),
      refund: 'unconsumed',
      wipe: 'retention',
      reason,
      notices: notice ? [notice] : [],
    });
  }
  await tx
    .updateTable('lifecycle_ending')
    .set({ done_at: ctx.now })
    .where('service_id', '=', service_id)
    .execute();
}

/** Which of these services the operator has announced to end, and when. */
export function endingsAhead(db: Db | Tx, serviceIds: readonly string[]) {
  return db
    .selectFrom('lifecycle_ending')
    .select(['service_id', 'end_at', 'reason'])
    .where((e) => e('service_id', '=', e.fn.any(e.val([...serviceIds]))))
    .where('done_at', 'is', null)
    .orderBy('end_at')
    .execute();
}

import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Events } from '#kernel/events.ts';
import { auditRecordAll } from '#modules/audit/index.ts';
import { periodsSold, policiesOf } from '#modules/terms/index.ts';
import { nextLooks, transition } from './rules.ts';
import { serviceEndBy } from './service-end.ts';
import { policyOn, type Service, servicesChanged } from './service-row.ts';
import './tables.ts';

/** The services of a customer that are not over, locked in one order for all. */
function servicesGoing(tx: Tx, customerId: string): Promise<Service[]> {
  return tx
    .selectFrom('lifecycle_service')
    .selectAll()
    .where('customer_id', '=', customerId)
    .where('state', 'in', ['preparing', 'active', 'suspended'])
    .orderBy('id')
    .forUpdate()
    .execute();
}

/**
 * A customer came under another version: what it has going follows. Reminders and renewals are set anew, but for those
 * that are due and that nobody came by for yet; a deletion that was told already stays on its day. What has ended keeps the terms under which it ended.
 */
export async function servicesFollow(tx: Tx, ctx: Ctx, accepted: Events['terms.accepted']): Promise<void> {
  if (accepted.previous === null) return;
  const services = await servicesGoing(tx, accepted.customerId);
  if (services.length === 0) return;
  const moved = services.map((service) => ({ ...service, acceptance_id: accepted.acceptanceId }));
  const policies = await policiesOf(tx, moved.map(policyOn), ctx.now);
  const rows = moved.map((service, i) => {
    const { parameters } = policies[i]!;
    const months = service.auto_renew_months;
    const renews = months !== null && parameters.auto_renew && periodsSold(parameters).includes(months);
    const looks = nextLooks(service, parameters, service.period_end, ctx.now, ctx.brand.zone);
    const stays = (due: Date | null) => service.state !== 'active' || (due !== null && due <= ctx.now);
    return {
      id: service.id,
      remind: stays(service.remind_at) ? service.remind_at : looks.remind_at,
      months: renews ? months : null,
      renew: renews ? (stays(service.renew_at) ? service.renew_at : looks.renew_at) : null,
    };
  });
  await sql`update lifecycle_service s set acceptance_id = ${accepted.acceptanceId}, remind_at = n.remind_at,
      auto_renew_months = n.months, renew_at = n.renew_at
    from unnest(${rows.map(({ id }) => id)}::uuid[], ${rows.map(({ remind }) => iso(remind))}::timestamptz[],
      ${rows.map(({ months }) => months)}::int[], ${rows.map(({ renew }) => iso(renew))}::timestamptz[])
      as n (id, remind_at, months, renew_at)
    where s.id = n.id`.execute(tx);
  await auditRecordAll(
    tx,
    ctx,
    services.map((service, i) => ({
      action: 'service.terms-followed',
      subject: { kind: 'service', id: service.id },
      customerId: service.customer_id,
      facts: {
        acceptance: accepted.acceptanceId,
        previous: service.acceptance_id,
        version: policies[i]!.version.version,
        auto_renew_off: service.auto_renew_months !== null && rows[i]!.months === null,
      },
    })),
  );
  await servicesChanged(
    tx,
    services.map(({ id }) => id),
  );
}

function iso(instant: Date | null): string | null {
  return instant?.toISOString() ?? null;
}

/** Nothing renews itself for somebody who disagrees with a revision; turning it on again is the customer's. */
export async function renewalsOff(tx: Tx, ctx: Ctx, said: Events['terms.disagreed']): Promise<void> {
  const services = (await servicesGoing(tx, said.customerId)).filter(
    ({ auto_renew_months }) => auto_renew_months !== null,
  );
  if (services.length === 0) return;
  const ids = services.map(({ id }) => id);
  await sql`update lifecycle_service set auto_renew_months = null, renew_at = null
    where id = any(${ids}::uuid[])`.execute(tx);
  await auditRecordAll(
    tx,
    ctx,
    services.map((service) => ({
      action: 'service.auto-renew-off',
      subject: { kind: 'service', id: service.id },
      customerId: service.customer_id,
      clause: said.clause,
      facts: { disagreement: said.disagreementId, was: service.auto_renew_months },
    })),
  );
  await servicesChanged(tx, ids);
}

/**
 * The time to take a disagreement back is over: its services end by the clause that lets the customer stop. What isn't
 * consumed goes back only where the terms say so; the data is kept as long as they promise.
 */
export async function servicesEndOnDisagreement(
  tx: Tx,
  ctx: Ctx,
  due: Events['terms.disagreement-due'],
): Promise<void> {
  const services = await servicesGoing(tx, due.customerId);
  const policies = await policiesOf(tx, services.map(policyOn), ctx.now);
  for (const [i, service] of services.entries()) {
    if (!transition(service.state, 'ended')) continue;
    await serviceEndBy(tx, ctx, {
      serviceId: service.id,
      by: 'agreement',
      clause: due.clause,
      refund: policies[i]!.parameters.refund.rule === 'unconsumed' ? 'unconsumed' : 'none',
      wipe: 'retention',
      reason: 'the customer disagrees with a revision of the terms',
      notices: due.notices,
    });
  }
}

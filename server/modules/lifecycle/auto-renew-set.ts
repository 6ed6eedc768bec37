import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { periodsSold, policyCited, policyOf } from '#modules/terms/index.ts';
import { nextRenewal, problem, transition } from './rules.ts';
import { policyOn, serviceLock, serviceSet } from './service-row.ts';

/**
 * Turns automatic renewal on (so many months each time) or off (null); off is how every service begins. In grace it is
 * tried at once. Throws `not-renewable`, and `auto-renew-unknown` or `auto-renew-months` with the clause.
 */
export async function autoRenewSet(
  tx: Tx,
  ctx: Ctx,
  input: { serviceId: string; months: number | null },
): Promise<void> {
  const service = await serviceLock(tx, input.serviceId);
  if (service.state !== 'preparing' && !transition(service.state, 'renewed'))
    throw problem['not-renewable']();
  const terms = await policyOf(tx, policyOn(service), ctx.now);
  if (!terms.parameters.auto_renew) {
    const clause = policyCited(ctx, terms, terms.parameters.periods ? 'periods' : 'payment');
    throw problem['auto-renew-unknown']({}, { clause });
  }
  const sold = periodsSold(terms.parameters);
  if (input.months !== null && !sold.includes(input.months))
    throw problem['auto-renew-months']({ months: sold.join(', ') });
  const days = terms.parameters.reminders?.days_before ?? [];
  const next =
    service.state === 'suspended' ? ctx.now : nextRenewal(service.period_end, days, ctx.now, ctx.brand.zone);
  await serviceSet(tx, service, {
    auto_renew_months: input.months,
    renew_at: input.months === null ? null : next,
  });
  await auditRecord(tx, ctx, {
    action: input.months === null ? 'service.auto-renew-off' : 'service.auto-renew-on',
    subject: { kind: 'service', id: service.id },
    customerId: service.customer_id,
    clause: terms.clauseOf('auto_renew'),
    facts: { months: input.months, was: service.auto_renew_months },
  });
}

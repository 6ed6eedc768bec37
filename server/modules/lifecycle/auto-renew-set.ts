import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { type Policy, periodsSold, policyCited, policyOf } from '#modules/terms/index.ts';
import { billAt, nextRenewal, problem, transition } from './rules.ts';
import { policyOn, type Service, serviceLock, serviceSet } from './service-row.ts';

/**
 * Turns automatic renewal on (so many months each time) or off (null); off is how every service begins. In grace it is
 * tried at once. `by`: from the balance, or by bills, for whom those are allowed. Throws `not-renewable`, and
 * `auto-renew-unknown` or `auto-renew-months` with the clause.
 */
export async function autoRenewSet(
  tx: Tx,
  ctx: Ctx,
  input: { serviceId: string; months: number | null; by?: 'balance' | 'bill' },
): Promise<void> {
  const service = await serviceLock(tx, input.serviceId, ctx);
  if (service.state !== 'preparing' && !transition(service.state, 'renewed'))
    throw problem['not-renewable']();
  const terms = await policyOf(tx, policyOn(service), ctx.now);
  const by = input.by ?? 'balance';
  const rests = by === 'bill' ? 'bills' : 'auto_renew';
  if (!terms.parameters[rests]) {
    const clause = policyCited(ctx, terms, terms.parameters.periods ? 'periods' : 'payment');
    throw problem['auto-renew-unknown']({}, { clause });
  }
  const sold = periodsSold(terms.parameters);
  if (input.months !== null && !sold.includes(input.months))
    throw problem['auto-renew-months']({ months: sold.join(', ') });
  await serviceSet(tx, service, {
    auto_renew_months: input.months,
    renew_at: input.months === null ? null : firstRenewal(ctx, service, terms, by),
    renew_by: by,
  });
  await auditRecord(tx, ctx, {
    action: input.months === null ? 'service.auto-renew-off' : 'service.auto-renew-on',
    subject: { kind: 'service', id: service.id },
    customerId: service.customer_id,
    clause: terms.clauseOf(rests),
    facts: { months: input.months, by, was: service.auto_renew_months, was_by: service.renew_by },
  });
}

function firstRenewal(ctx: Ctx, service: Service, { parameters }: Policy, by: 'balance' | 'bill') {
  if (service.state === 'suspended') return ctx.now;
  const { zone } = ctx.brand;
  if (by === 'bill') return billAt(service.period_end, parameters.bills!.issue_days_before, ctx.now, zone);
  return nextRenewal(service.period_end, parameters.reminders?.days_before ?? [], ctx.now, zone);
}

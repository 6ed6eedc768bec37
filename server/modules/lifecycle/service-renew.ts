import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { wallClock } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { orderRenew, type PaidOrder } from '#modules/billing/index.ts';
import { termsAccepted } from '#modules/terms/index.ts';
import { nextReminder, problem, transition } from './rules.ts';
import { serviceLock, serviceSet, tell } from './service-row.ts';

/**
 * Pays the next period from the balance. It begins where the last one ended, also in grace, so the due day stays;
 * a suspended service is restored at once.
 */
export async function serviceRenew(
  tx: Tx,
  ctx: Ctx,
  input: { serviceId: string; months: number },
): Promise<PaidOrder> {
  const service = await serviceLock(tx, input.serviceId);
  const next = transition(service.state, 'renewed');
  if (!next) throw problem['not-renewable']();
  const terms = await termsAccepted(tx, service.acceptance_id);
  const order = await orderRenew(tx, ctx, {
    serviceId: service.id,
    customerId: service.customer_id,
    product: service.product,
    plan: service.plan,
    region: service.region,
    months: input.months,
    monthly: service.renewal_price_micro,
    periodEnd: service.period_end,
    anchorDay: service.anchor_day,
    terms,
  });
  const { zone } = ctx.brand;
  const restored = service.state === 'suspended';
  await serviceSet(tx, service, {
    state: next,
    period_start: order.periodStart,
    period_end: order.periodEnd,
    remind_at: nextReminder(order.periodEnd, terms.parameters.reminders?.days_before ?? [], ctx.now, zone),
    suspended_at: null,
    delete_at: null,
  });
  await auditRecord(tx, ctx, {
    action: restored ? 'service.restored' : 'service.renewed',
    subject: { kind: 'service', id: service.id },
    customerId: service.customer_id,
    clause: terms.clauseOf(restored ? 'expiry' : terms.parameters.periods ? 'periods' : 'payment'),
    facts: { order: order.number, period_end: order.periodEnd.toISOString() },
  });
  if (restored) {
    await tell(tx, ctx, service, {
      kind: 'service-restored',
      dedupe: `restored:${order.id}`,
      values: { expires: wallClock(order.periodEnd, zone) },
    });
    await ctx.bus.emit(tx, ctx, 'service.restored', { serviceId: service.id });
  }
  return order;
}

import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { dayOfMonth } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { type Alignment, alignPreview, ordersAlign, type PaidOrder } from '#modules/billing/index.ts';
import { type Options, pricesMoved } from '#modules/catalogue/index.ts';
import { gateEnter } from '#modules/gates/index.ts';
import { policiesOf } from '#modules/terms/index.ts';
import { nextLooks, problem } from './rules.ts';
import { policyOn, type Service, serviceLock, serviceSet } from './service-row.ts';

/** What it would cost to let all end with the one that ends last. Throws as `servicesAlign` does. */
export async function servicesAlignPreview(db: Db | Tx, ctx: Ctx, services: readonly Service[]) {
  const { until, behind } = await plan(db, ctx, services);
  return { until, ...(await alignPreview(db, ctx, behind, until)) };
}

/**
 * Co-termination: pays the time by which the others end sooner than the last, so that from then on they are due
 * together; all or nothing. Throws `not-renewable`, `nothing-to-align`, `period-not-sold`, `insufficient-balance`.
 */
export async function servicesAlign(
  tx: Tx,
  ctx: Ctx,
  serviceIds: readonly string[],
): Promise<{ until: Date; orders: PaidOrder[] }> {
  const services: Service[] = [];
  for (const id of [...serviceIds].sort()) services.push(await serviceLock(tx, id, ctx));
  const { until, behind } = await plan(tx, ctx, services);
  await gateEnter(tx, ctx, { customerId: behind[0]!.customerId, act: 'renew' });
  const orders = await ordersAlign(tx, ctx, behind, until);
  const { zone } = ctx.brand;
  for (const [i, { serviceId, terms }] of behind.entries()) {
    const service = services.find(({ id }) => id === serviceId)!;
    await serviceSet(tx, service, {
      period_end: until,
      anchor_day: dayOfMonth(until, zone),
      ...nextLooks(service, terms.parameters, until, ctx.now, zone),
    });
    await auditRecord(tx, ctx, {
      action: 'service.aligned',
      subject: { kind: 'service', id: serviceId },
      customerId: service.customer_id,
      clause: terms.clauseOf(terms.parameters.periods ? 'periods' : 'payment'),
      facts: {
        order: orders[i]!.number,
        from: service.period_end.toISOString(),
        period_end: until.toISOString(),
      },
    });
  }
  return { until, orders };
}

async function plan(db: Db | Tx, ctx: Ctx, services: readonly Service[]) {
  if (services.some(({ state, period_end }) => state !== 'active' || period_end <= ctx.now))
    throw problem['not-renewable']();
  const policies = await policiesOf(db, services.map(policyOn), ctx.now);
  const agreed = new Map(services.map(({ id }, i) => [id, policies[i]!]));
  const moved = await pricesMoved(
    db,
    ctx.now,
    services.map(({ id }) => id),
  );
  const until = new Date(Math.max(...services.map(({ period_end }) => period_end.getTime())));
  const behind = services
    .filter(({ period_end }) => period_end < until)
    .map(
      (service): Alignment => ({
        serviceId: service.id,
        customerId: service.customer_id,
        product: service.product,
        plan: service.plan,
        region: service.region,
        options: service.options as Options,
        monthly: moved.get(service.id) ?? service.renewal_price_micro,
        periodEnd: service.period_end,
        anchorDay: service.anchor_day,
        terms: agreed.get(service.id)!,
        label: service.label,
      }),
    );
  if (behind.length === 0) throw problem['nothing-to-align']();
  return { until, behind };
}

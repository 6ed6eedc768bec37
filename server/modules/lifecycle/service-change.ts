import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { formatYuan } from '#kernel/money.ts';
import { dayOfMonth } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { type ChangePlan, type ChangeRequest, changePlan, orderChange } from '#modules/billing/index.ts';
import type { Options } from '#modules/catalogue/index.ts';
import { gateEnter } from '#modules/gates/index.ts';
import { policyOf } from '#modules/terms/index.ts';
import { nextLooks, problem } from './rules.ts';
import { policyOn, type Service, serviceLock, serviceSet } from './service-row.ts';

export interface Wanted {
  plan: string;
  options: Options;
}

/** What a change would come to; throws what would refuse it, save a balance that is too small. */
export async function serviceChangePreview(
  db: Db | Tx,
  ctx: Ctx,
  service: Service,
  to: Wanted,
): Promise<ChangePlan> {
  requireChangeable(service, ctx);
  return changePlan(db, ctx, await requestOf(db, ctx, service, to));
}

/**
 * Another plan or other options from now on, at today's list price, until the end of what is paid; all or nothing with
 * the money and the machine (`order.changed`). Time that was left over moves the end, and the due day with it.
 */
export async function serviceChange(
  tx: Tx,
  ctx: Ctx,
  input: { serviceId: string; to: Wanted },
): Promise<Awaited<ReturnType<typeof orderChange>>> {
  const service = await serviceLock(tx, input.serviceId, ctx);
  requireChangeable(service, ctx);
  await gateEnter(tx, ctx, { customerId: service.customer_id, act: 'buy' });
  const request = await requestOf(tx, ctx, service, input.to);
  const done = await orderChange(tx, ctx, request);
  const { piece, periodEnd, clause } = done;
  const { zone } = ctx.brand;
  const later = periodEnd > service.period_end;
  await serviceSet(tx, service, {
    plan: piece.plan.id,
    options: JSON.stringify(piece.options),
    renewal_price_micro: piece.monthly,
    ...(later
      ? {
          period_end: periodEnd,
          anchor_day: dayOfMonth(periodEnd, zone),
          ...nextLooks(service, request.terms.parameters, periodEnd, ctx.now, zone),
        }
      : {}),
  });
  await auditRecord(tx, ctx, {
    action: 'service.changed',
    subject: { kind: 'service', id: service.id },
    customerId: service.customer_id,
    ...(done.becomes === 'nothing' ? {} : { clause }),
    facts: {
      from: { plan: service.plan, options: service.options },
      to: { plan: piece.plan.id, options: piece.options },
      orders: done.orders.map(({ number }) => number),
      paid: formatYuan(done.charge),
      left: formatYuan(done.left),
      became: done.becomes,
      period_end: periodEnd.toISOString(),
    },
  });
  return done;
}

function requireChangeable(service: Service, ctx: Ctx): void {
  if (service.state !== 'active' || service.period_end <= ctx.now) throw problem['not-changeable']();
}

async function requestOf(db: Db | Tx, ctx: Ctx, service: Service, to: Wanted): Promise<ChangeRequest> {
  return {
    serviceId: service.id,
    customerId: service.customer_id,
    product: service.product,
    plan: service.plan,
    options: service.options as Options,
    region: service.region,
    monthly: service.renewal_price_micro,
    periodEnd: service.period_end,
    terms: await policyOf(db, policyOn(service), ctx.now),
    to,
  };
}

import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan } from '#kernel/money.ts';
import { wallClock } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { orderRefund } from '#modules/billing/index.ts';
import { catalogueInForce, shown } from '#modules/catalogue/index.ts';
import { policyOf } from '#modules/terms/index.ts';
import { transition } from './rules.ts';
import { policyOn, serviceLock, serviceSet, tell } from './service-row.ts';

/** It is made and can be used. Told once; ready again changes nothing. */
export async function serviceReady(
  tx: Tx,
  ctx: Ctx,
  input: { serviceId: string; access: string },
): Promise<void> {
  const service = await serviceLock(tx, input.serviceId);
  const next = transition(service.state, 'ready');
  if (!next) return;
  await serviceSet(tx, service, { state: next });
  const { document } = await catalogueInForce(tx, ctx.brand.id, ctx.now);
  const plan = shown(document, service.plan, service.region).plan;
  await tell(tx, ctx, service, {
    kind: 'service-ready',
    dedupe: `ready:${service.id}`,
    values: {
      plan: `${plan.zh} ${plan.en}`,
      ssh: input.access,
      expires: wallClock(service.period_end, ctx.brand.zone),
    },
  });
  await auditRecord(tx, ctx, {
    action: 'service.ready',
    subject: { kind: 'service', id: service.id },
    customerId: service.customer_id,
  });
}

/** It can't be made, for good: the money goes back to the balance and the customer is told. Only while it is being made. */
export async function serviceFail(
  tx: Tx,
  ctx: Ctx,
  input: { serviceId: string; reason: string },
): Promise<boolean> {
  const service = await serviceLock(tx, input.serviceId);
  const next = transition(service.state, 'failed');
  if (!next) return false;
  const terms = await policyOf(tx, policyOn(service), ctx.now);
  const clause = terms.clauseOf('undelivered');
  await serviceSet(tx, service, { state: next, remind_at: null });
  const refunded = await orderRefund(tx, ctx, { serviceId: service.id, clause, reason: input.reason });
  const notice = await tell(tx, ctx, service, {
    kind: 'service-failed',
    dedupe: `failed:${service.id}`,
    values: { order: refunded.number, amount: formatYuan(refunded.amount), clause: clause.clause },
  });
  await auditRecord(tx, ctx, {
    action: 'service.failed',
    subject: { kind: 'service', id: service.id },
    customerId: service.customer_id,
    clause,
    facts: { reason: input.reason, refunded: formatYuan(refunded.amount) },
    notices: [notice],
  });
  return true;
}

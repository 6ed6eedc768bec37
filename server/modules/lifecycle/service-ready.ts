import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { wallClock } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { catalogueInForce, shown } from '#modules/catalogue/index.ts';
import { transition } from './rules.ts';
import { serviceLock, serviceSet, tell } from './service-row.ts';

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

import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { stockReturn } from '#modules/catalogue/index.ts';
import { policyOf } from '#modules/terms/index.ts';
import { transition } from './rules.ts';
import { noticesOf, policyOn, type Service, serviceSet } from './service-row.ts';

/** The grace of a locked service is over: deleted for good, without a further notice, as the terms say. */
export async function serviceDelete(tx: Tx, ctx: Ctx, service: Service): Promise<void> {
  const next = transition(service.state, 'grace-over');
  if (!next || !service.delete_at || service.delete_at > ctx.now) return;
  const terms = await policyOf(tx, policyOn(service), ctx.now);
  await serviceSet(tx, service, { state: next, delete_at: null, deleted_at: ctx.now });
  await stockReturn(tx, ctx, service.plan, service.region);
  await auditRecord(tx, ctx, {
    action: 'service.deleted',
    subject: { kind: 'service', id: service.id },
    customerId: service.customer_id,
    clause: terms.clauseOf('expiry'),
    facts: {
      unpaid_from: service.period_end.toISOString(),
      suspended_at: service.suspended_at?.toISOString() ?? null,
      grace_ended_at: service.delete_at.toISOString(),
    },
    notices: await noticesOf(tx, service),
  });
  await ctx.bus.emit(tx, ctx, 'service.deleted', { serviceId: service.id });
}

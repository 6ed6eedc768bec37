import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { type ApprovalDecided, approvalRequest } from '#modules/approvals/index.ts';
import { policyOn, requireEndable, serviceEndBy, serviceLock } from '#modules/lifecycle/index.ts';
import { policyOf } from '#modules/terms/index.ts';
import { problem } from './rules.ts';

const asked = z.object({ why: z.string() });

export const BREACH_ACT = 'service.end-by-breach';

/**
 * One of the staff asks to end a service because its terms were broken: nothing is refunded, and it can't be undone, so a
 * second one decides (蓝天云 3.2, 亚云 4.5.1, 七牛云 7.3.2, 云服务器 S6.2). Throws `breach-not-in-terms`, `not-endable`.
 */
export async function breachAsk(
  tx: Tx,
  ctx: Ctx,
  input: { serviceId: string; reason: string },
): Promise<string> {
  const service = await serviceLock(tx, input.serviceId);
  requireEndable(service);
  const policy = await policyOf(tx, policyOn(service), ctx.now);
  if (!policy.parameters.breach_end) throw problem['breach-not-in-terms']();
  return approvalRequest(tx, ctx, {
    act: BREACH_ACT,
    area: 'services',
    subject: { kind: 'service', id: service.id },
    customerId: service.customer_id,
    payload: {
      service: service.label,
      why: input.reason,
      clause: policy.clauseOf('breach_end').clause,
      data: policy.parameters.breach_end.data,
      period_end: service.period_end.toISOString(),
    },
    reason: input.reason,
  });
}

/** The second one agreed. */
export async function breachGranted(tx: Tx, ctx: Ctx, granted: ApprovalDecided): Promise<void> {
  if (granted.act !== BREACH_ACT) return;
  const service = await serviceLock(tx, granted.subject.id);
  requireEndable(service);
  const policy = await policyOf(tx, policyOn(service), ctx.now);
  const rule = policy.parameters.breach_end;
  if (!rule) throw problem['breach-not-in-terms']();
  await serviceEndBy(tx, ctx, {
    serviceId: service.id,
    by: 'breach',
    clause: policy.clauseOf('breach_end'),
    refund: rule.refund,
    wipe: rule.data === 'wipe' ? 'now' : 'retention',
    reason: asked.parse(granted.payload).why,
    notices: [],
  });
}

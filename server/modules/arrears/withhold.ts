import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { serviceHold, serviceRelease, servicesLiving } from '#modules/lifecycle/index.ts';
import type { Policy } from '#modules/terms/index.ts';

/** 七牛云 2.2: until all is paid, the customer's other services are withheld too. Their paid time isn't stopped. */
export async function servicesWithhold(
  tx: Tx,
  ctx: Ctx,
  of: { customerId: string; policy: Policy; freezeId: string; notices: string[] },
): Promise<void> {
  if (!of.policy.parameters.withhold) return;
  const clause = of.policy.clauseOf('withhold');
  for (const { id: serviceId } of await servicesLiving(tx, ctx.brand.id, of.customerId))
    await serviceHold(tx, ctx, {
      serviceId,
      cause: 'arrears',
      clause,
      reason: 'arrears of the account',
      refId: of.freezeId,
      notices: of.notices,
    });
}

export async function servicesGiveBack(
  tx: Tx,
  ctx: Ctx,
  of: { customerId: string; freezeId: string; notices: string[] },
): Promise<void> {
  for (const { id: serviceId } of await servicesLiving(tx, ctx.brand.id, of.customerId))
    await serviceRelease(tx, ctx, {
      serviceId,
      refId: of.freezeId,
      reason: 'arrears paid',
      notices: of.notices,
    });
}

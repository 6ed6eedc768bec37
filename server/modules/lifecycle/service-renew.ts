import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { PaidOrder } from '#modules/billing/index.ts';
import { gateEnter } from '#modules/gates/index.ts';
import { notEnough } from '#modules/gifts/index.ts';
import { problem, transition } from './rules.ts';
import { serviceLock } from './service-row.ts';
import { servicesRenew } from './services-renew.ts';

/** Renews one service by its customer's will. Throws `not-renewable`, what shuts its gate, `period-not-sold`, `insufficient-balance`. */
export async function serviceRenew(
  tx: Tx,
  ctx: Ctx,
  input: { serviceId: string; months: number; coupon?: string | undefined },
): Promise<PaidOrder> {
  const service = await serviceLock(tx, input.serviceId, ctx);
  if (!transition(service.state, 'renewed')) throw problem['not-renewable']();
  await gateEnter(tx, ctx, { customerId: service.customer_id, act: 'renew' });
  const { months, coupon } = input;
  const [order] = await servicesRenew(tx, ctx, [{ service, months, coupon }], 'customer');
  if ('missing' in order!) throw notEnough(order.missing);
  return order!;
}

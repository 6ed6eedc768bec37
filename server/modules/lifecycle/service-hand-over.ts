import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import { couponStops, movesSettle } from '#modules/catalogue/index.ts';
import { type Policy, pagePass, policyOf } from '#modules/terms/index.ts';
import { nextLooks } from './rules.ts';
import { policyOn, type Service, serviceSet } from './service-row.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A service is another customer's from now on. `sealedAccess`: how root comes in, sealed for the machine. */
    'service.handed-over': {
      serviceId: string;
      from: string;
      to: string;
      region: string;
      sealedAccess: Buffer;
    };
  }
}

/**
 * A locked service passes to another customer of the brand, with the time that is paid: under what that customer has
 * agreed to and what its order page said, renewing at `monthly`. Nothing of the giver's will goes with it: it renews itself only when the new owner
 * says so, no coupon recurs, and no price is on its way to it that was told to somebody else. Orders stay whose they are.
 */
export async function serviceHandOver(
  tx: Tx,
  ctx: Ctx,
  input: { service: Service; to: string; policy: Policy; monthly: Micro; sealedAccess: Buffer },
): Promise<Service> {
  const { service, to, policy, monthly, sealedAccess } = input;
  const taken = await serviceSet(tx, service, {
    customer_id: to,
    acceptance_id: policy.acceptanceId,
    renewal_price_micro: monthly,
    auto_renew_months: null,
    renew_at: null,
    renew_by: 'balance',
  });
  await pagePass(tx, ctx, { serviceId: service.id, from: service.customer_id, to });
  const terms = await policyOf(tx, policyOn(taken), ctx.now);
  const looks = nextLooks(taken, terms.parameters, service.period_end, ctx.now, ctx.brand.zone);
  const passed = await serviceSet(tx, taken, looks);
  await couponStops(tx, service.id);
  await movesSettle(tx, ctx, [service.id], 'all');
  const { id: serviceId, customer_id: from, region } = service;
  await ctx.bus.emit(tx, ctx, 'service.handed-over', { serviceId, from, to, region, sealedAccess });
  return passed;
}

import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import {
  type Catalogue,
  type CouponTaking,
  couponFind,
  couponRecurs,
  couponsRecurring,
  couponsTake,
  couponTake,
  discountOf,
  isFor,
  type Kept,
  type KeptPrice,
  priceKept,
} from '#modules/catalogue/index.ts';
import { cashLocked } from '#modules/ledger/index.ts';

export interface RenewalPriced extends KeptPrice {
  redemptionId: string | null;
  /** Of a coupon that recurs: to be taken back if the renewal can't be paid. */
  taking?: CouponTaking & { id: string };
}

interface Asked extends Kept {
  serviceId: string;
  customerId: string;
  coupon?: string | undefined;
}

/**
 * Prices renewals, and takes the coupons that belong to them: one by hand by its code, and those that recur as far as
 * their limits reach; who comes after the last use pays in full. Without coupons it is one query for all of them.
 */
export async function renewalsPrice(
  tx: Tx,
  ctx: Ctx,
  catalogue: Catalogue,
  renewals: readonly Asked[],
): Promise<RenewalPriced[]> {
  const { document } = catalogue;
  const kept = new Map<string, KeptPrice>();
  const priced = renewals.map((renewal): RenewalPriced => {
    const key = `${renewal.product} ${renewal.plan} ${renewal.months} ${renewal.monthly}`;
    const full = kept.get(key) ?? priceKept(document, renewal);
    kept.set(key, full);
    return { ...full, redemptionId: null };
  });
  const recurring = await couponsRecurring(
    tx,
    ctx,
    renewals.filter(({ coupon }) => !coupon).map(({ serviceId }) => serviceId),
  );
  if (recurring.size > 0) {
    const found = renewals.flatMap((renewal, i) => {
      const coupon = recurring.get(renewal.serviceId);
      return coupon && !renewal.coupon && isFor(coupon, renewal) ? [{ renewal, coupon, i }] : [];
    });
    await recur(tx, ctx, catalogue, found, priced);
  }
  for (const [i, renewal] of renewals.entries())
    if (renewal.coupon) priced[i] = await byHand(tx, ctx, catalogue, renewal, renewal.coupon, priced[i]!);
  return priced;
}

/** By a code, one at a time; it recurs from then on where it is for that. Throws what refuses it. */
async function byHand(
  tx: Tx,
  ctx: Ctx,
  { document }: Catalogue,
  renewal: Asked,
  code: string,
  full: KeptPrice,
): Promise<RenewalPriced> {
  const { customerId, serviceId } = renewal;
  const use = { kind: 'renewal' as const, customerId, firstOrder: false };
  const { coupon, discount } = await couponFind(tx, ctx, code, use);
  const price = priceKept(document, renewal, discount);
  const amount = full.amount - price.amount;
  const redemptionId = await couponTake(tx, ctx, { coupon, customerId, amount });
  await couponRecurs(tx, ctx, { coupon, customerId, serviceIds: [serviceId] });
  return { ...price, redemptionId };
}

async function recur(
  tx: Tx,
  ctx: Ctx,
  { document }: Catalogue,
  found: { renewal: Asked; coupon: CouponTaking['coupon']; i: number }[],
  priced: RenewalPriced[],
): Promise<void> {
  if (found.length === 0) return;
  // Money before coupons, as in all that buys.
  await cashLocked(tx, ctx, [...new Set(found.map(({ renewal }) => renewal.customerId))]);
  const prices = found.map(({ renewal, coupon }) => priceKept(document, renewal, discountOf(coupon)));
  const takings = found.map(({ renewal, coupon, i }, n) => ({
    coupon,
    customerId: renewal.customerId,
    amount: priced[i]!.amount - prices[n]!.amount,
  }));
  const redemptions = await couponsTake(tx, ctx, takings);
  for (const [n, { i }] of found.entries()) {
    const id = redemptions[n];
    if (id) priced[i] = { ...prices[n]!, redemptionId: id, taking: { ...takings[n]!, id } };
  }
}

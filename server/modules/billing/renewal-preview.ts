import type { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db } from '#kernel/db.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import {
  catalogueInForce,
  couponFind,
  couponsRecurring,
  couponUsable,
  discountOf,
  isFor,
  priceKept,
} from '#modules/catalogue/index.ts';
import { payPreview } from '#modules/gifts/index.ts';
import type { AcceptedTerms } from '#modules/terms/index.ts';
import { requirePeriod } from './order-place.ts';
import type { quoteShown } from './schemas.ts';

/**
 * What a renewal by hand would cost and how it would be paid, by the same prices as the renewal itself. Nothing is taken.
 * Throws `period-not-sold` and what a coupon is refused for.
 */
export async function renewalPreview(
  db: Db,
  ctx: Ctx,
  wanted: {
    customerId: string;
    serviceId: string;
    product: string;
    plan: string;
    months: number;
    monthly: Micro;
    terms: AcceptedTerms;
    coupon?: string | undefined;
  },
): Promise<z.infer<typeof quoteShown>> {
  const { customerId, product } = wanted;
  requirePeriod(ctx, wanted.terms, wanted.months);
  const { document } = await catalogueInForce(db, ctx.brand.id, ctx.now);
  const full = priceKept(document, wanted);
  const use = { kind: 'renewal' as const, customerId, firstOrder: false };
  const recurring = (await couponsRecurring(db, ctx, [wanted.serviceId])).get(wanted.serviceId);
  const usable = recurring && isFor(recurring, wanted) && (await couponUsable(db, recurring, customerId));
  const discount = wanted.coupon
    ? (await couponFind(db, ctx, wanted.coupon, use)).discount
    : usable
      ? discountOf(recurring)
      : undefined;
  const priced = priceKept(document, wanted, discount);
  const paid = await payPreview(db, ctx, customerId, [{ product, amount: priced.amount }]);
  return {
    lines: priced.lines.map(({ text, amount }) => ({ text, amount: formatYuan(amount) })),
    total: formatYuan(priced.amount),
    tax: formatYuan(priced.tax),
    discount: formatYuan(full.amount - priced.amount),
    payment: {
      gift: formatYuan(paid.gift),
      cash: formatYuan(paid.cash),
      missing: formatYuan(paid.missing),
    },
  };
}

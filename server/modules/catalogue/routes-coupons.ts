import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import {
  type App,
  actOnce,
  amountIn,
  amountOut,
  displayName,
  id,
  instant,
  listOf,
  localized,
  page,
  paged,
} from '#kernel/http.ts';
import { formatYuan, parseYuan } from '#kernel/money.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { couponDisable, couponList, couponMake } from './coupon-make.ts';
import type { Coupon } from './coupon-take.ts';
import { percentOff } from './rules.ts';

/** "12.5": more than nothing, all at most. */
const percent = z.string().regex(/^(100(\.0{1,2})?|(?!0{1,2}(\.0{1,2})?$)\d{1,2}(\.\d{1,2})?)$/);
const scope = z.array(z.string().max(40)).max(50).default([]);
const limit = z.number().int().min(1).max(1_000_000).nullable().default(null);

const newCoupon = z.object({
  code: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{2,39}$/),
  name: z.object({ zh: displayName(1, 60), en: displayName(1, 60) }),
  off: z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('percent'), percent }),
    z.object({ kind: z.literal('fixed'), amount: amountIn }),
  ]),
  /** Empty: for everything. */
  products: scope,
  plans: scope,
  first_order: z.boolean().default(false),
  /** May it be given for a renewal too? */
  renewals: z.boolean().default(false),
  starts_at: instant.nullable().default(null),
  ends_at: instant.nullable().default(null),
  per_customer: limit,
  in_all: limit,
});

const couponShown = z.object({
  id,
  code: z.string(),
  name: localized,
  off: z.union([
    z.object({ kind: z.literal('percent'), percent: z.string() }),
    z.object({ kind: z.literal('fixed'), amount: amountOut }),
  ]),
  products: z.array(z.string()),
  plans: z.array(z.string()),
  first_order: z.boolean(),
  renewals: z.boolean(),
  starts_at: instant,
  ends_at: instant.nullable(),
  per_customer: z.number().nullable(),
  in_all: z.number().nullable(),
  used: z.number(),
  disabled_at: instant.nullable(),
  created_at: instant,
});

export function couponRoutes(app: App, house: House): void {
  app.get(
    '/staff/coupons',
    {
      config: { access: 'staff', area: 'catalogue' },
      schema: { tags: ['staff'], querystring: page, response: { 200: listOf(couponShown) } },
    },
    async ({ ctx, query }) =>
      paged((await couponList(house.db, ctx.brand.id, query.before)).map(shownCoupon), (row) => row.id),
  );

  app.post(
    '/staff/coupons',
    {
      config: { access: 'staff', area: 'catalogue' },
      schema: { tags: ['staff'], body: newCoupon, response: { 201: couponShown } },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { body } = request;
        const coupon = await couponMake(tx, ctx, {
          code: body.code,
          name: body.name,
          off:
            body.off.kind === 'percent'
              ? { basisPoints: percentOff(body.off.percent) }
              : { amount: parseYuan(body.off.amount) },
          products: body.products,
          plans: body.plans,
          firstOrder: body.first_order,
          renewals: body.renewals,
          startsAt: body.starts_at ? new Date(body.starts_at) : null,
          endsAt: body.ends_at ? new Date(body.ends_at) : null,
          perCustomer: body.per_customer,
          inAll: body.in_all,
        });
        return { status: 201, body: shownCoupon(coupon) };
      }),
  );

  app.post(
    '/staff/coupons/:id/disable',
    {
      config: { access: 'staff', area: 'catalogue' },
      schema: { tags: ['staff'], params: z.object({ id }), response: { 200: couponShown } },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const coupon = await couponDisable(tx, ctx, request.params.id);
        return { status: 200, body: shownCoupon(coupon) };
      }),
  );
}

function shownCoupon(row: Coupon): z.infer<typeof couponShown> {
  const { id, code, products, plans, first_order, renewals, per_customer, in_all, used } = row;
  return {
    ...{ id, code, products, plans, first_order, renewals, per_customer, in_all, used },
    name: row.name as LocalizedText,
    off:
      row.kind === 'percent'
        ? { kind: 'percent', percent: String(row.basis_points! / 100) }
        : { kind: 'fixed', amount: formatYuan(row.amount_micro!) },
    starts_at: row.starts_at.toISOString(),
    ends_at: row.ends_at?.toISOString() ?? null,
    disabled_at: row.disabled_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  };
}

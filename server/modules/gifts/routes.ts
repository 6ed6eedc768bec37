import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import {
  type App,
  actOnce,
  amountIn,
  amountOut,
  customerOf,
  displayName,
  id,
  instant,
  line,
  listOf,
  localized,
} from '#kernel/http.ts';
import { formatYuan, parseYuan } from '#kernel/money.ts';
import { problem } from '#kernel/problem.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { customerFind } from '#modules/identity/index.ts';
import { type Gift, giftGrant, giftList } from './gift.ts';

const gift = z.object({
  id,
  name: localized,
  amount: amountOut,
  left: amountOut,
  /** Empty: for everything. */
  products: z.array(z.string()),
  expires_at: instant,
  expired_at: instant.nullable(),
  created_at: instant,
});

const name = z.object({ zh: displayName(1, 60), en: displayName(1, 60) });

export function routes(app: App, house: House): void {
  app.get(
    '/gifts',
    {
      config: { access: 'customer', area: 'money' },
      schema: { tags: ['billing'], response: { 200: listOf(gift) } },
    },
    async ({ ctx }) => {
      const rows = await giftList(house.db, ctx.brand.id, customerOf(ctx).customerId);
      return { items: rows.map(shownGift), next: null };
    },
  );

  app.get(
    '/staff/customers/:id/gifts',
    {
      config: { access: 'staff', area: 'money' },
      schema: { tags: ['staff'], params: z.object({ id }), response: { 200: listOf(gift) } },
    },
    async ({ ctx, params }) => {
      if (!(await customerFind(house.db, ctx.brand.id, params.id))) throw problem['not-found']();
      const rows = await giftList(house.db, ctx.brand.id, params.id);
      return { items: rows.map(shownGift), next: null };
    },
  );

  app.post(
    '/staff/customers/:id/gifts',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        body: z.object({
          name,
          amount: amountIn,
          products: z.array(z.string().max(40)).max(50).default([]),
          expires_at: instant,
          reason: line(1, 200),
        }),
        response: { 201: z.object({ id }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { body, params } = request;
        if (!(await customerFind(tx, ctx.brand.id, params.id))) throw problem['not-found']();
        const made = await giftGrant(tx, ctx, {
          customerId: params.id,
          name: body.name,
          amount: parseYuan(body.amount),
          products: body.products,
          expiresAt: new Date(body.expires_at),
          reason: body.reason,
        });
        return { status: 201, body: { id: made } };
      }),
  );
}

function shownGift(row: Gift): z.infer<typeof gift> {
  return {
    id: row.id,
    name: row.name as LocalizedText,
    amount: formatYuan(row.amount_micro),
    left: formatYuan(row.left_micro),
    products: row.products,
    expires_at: row.expires_at.toISOString(),
    expired_at: row.expired_at?.toISOString() ?? null,
    created_at: row.created_at.toISOString(),
  };
}

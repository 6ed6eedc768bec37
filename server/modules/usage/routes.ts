import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, actOnce, amountOut, customerOf, id, instant, line, localized } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { catalogueInForce } from '#modules/catalogue/index.ts';
import { packagesHeld } from '#modules/metering/index.ts';
import { packageBuy } from './usage-package.ts';

const name = line(1, 40);

const sold = z.object({
  product: z.string(),
  package: z.string(),
  name: localized,
  meter: z.string(),
  quantity: z.string(),
  price: amountOut,
  months: z.number(),
});

const bought = z.object({
  id,
  package: z.string(),
  product: z.string(),
  meter: z.string(),
  /** Base units. */
  quantity: z.string(),
  used: z.string(),
  starts_at: instant,
  ends_at: instant,
});

/** Prepaid quota: what is sold, what the customer has, buying. */
export function routes(app: App, house: House): void {
  app.get(
    '/usage/packages',
    {
      config: { access: 'customer', area: 'money' },
      schema: {
        tags: ['metering'],
        response: { 200: z.object({ sold: z.array(sold), items: z.array(bought) }) },
      },
    },
    async (request) => {
      const { brand, now } = request.ctx;
      const { document } = await catalogueInForce(house.db, brand.id, now);
      const held = await packagesHeld(house.db, brand.id, customerOf(request.ctx).customerId);
      return {
        sold: (document.metered ?? []).flatMap(({ id: product, packages }) =>
          packages.map(({ id: code, ...rest }) => ({ product, package: code, ...rest })),
        ),
        items: held.map((row) => ({
          ...row,
          starts_at: row.starts_at.toISOString(),
          ends_at: row.ends_at.toISOString(),
        })),
      };
    },
  );

  app.post(
    '/usage/packages',
    {
      config: { access: 'customer', area: 'money' },
      schema: {
        tags: ['metering'],
        body: z.object({ product: name, package: name }),
        response: { 201: z.object({ id, amount: amountOut, ends_at: instant }) },
      },
    },
    async (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const input = { ...request.body, customerId: customerOf(ctx).customerId };
        const { id: made, amount, endsAt } = await packageBuy(tx, ctx, input);
        const body = { id: made, amount: formatYuan(amount), ends_at: endsAt.toISOString() };
        return { status: 201, body };
      }),
  );
}

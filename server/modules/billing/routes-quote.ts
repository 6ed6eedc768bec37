import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { House } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { payPreview } from '#modules/gifts/index.ts';
import { cartPrice, demandsOf } from './order-price.ts';
import { coupon, quoteShown, selection, shownQuote } from './schemas.ts';

export function quoteRoutes(app: App, house: House): void {
  const quoted = async (ctx: Ctx, selections: z.infer<typeof selection>[], code: string | undefined) => {
    const customerId = ctx.actor.kind === 'customer' ? ctx.actor.customerId : null;
    const { quote } = await cartPrice(house.db, ctx, { customerId, selections, coupon: code });
    const paid = customerId ? await payPreview(house.db, ctx, customerId, demandsOf(quote)) : null;
    const payment = paid && {
      gift: formatYuan(paid.gift),
      cash: formatYuan(paid.cash),
      missing: formatYuan(paid.missing),
    };
    return { ...shownQuote(quote), payment };
  };

  app.post(
    '/quote',
    {
      config: { access: 'public' },
      schema: {
        tags: ['catalogue'],
        body: selection.extend({ coupon: coupon.optional() }),
        response: { 200: quoteShown },
      },
    },
    ({ ctx, body: { coupon: code, ...wanted } }) => quoted(ctx, [wanted], code),
  );

  app.post(
    '/carts/quote',
    {
      config: { access: 'public' },
      schema: {
        tags: ['catalogue'],
        body: z.object({ lines: z.array(selection).min(1).max(20), coupon: coupon.optional() }),
        response: { 200: quoteShown },
      },
    },
    ({ ctx, body }) => quoted(ctx, body.lines, body.coupon),
  );
}

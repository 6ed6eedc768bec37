import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, amountOut, localized } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { catalogueInForce } from './catalogue-read.ts';
import { price } from './rules.ts';

const months = z.number().int().min(1).max(36);

export function routes(app: App, house: House): void {
  app.post(
    '/quote',
    {
      config: { access: 'public' },
      schema: {
        tags: ['catalogue'],
        body: z.object({ plan: z.string().max(40), region: z.string().max(40), months }),
        response: {
          200: z.object({
            lines: z.array(z.object({ text: localized, amount: amountOut })),
            total: amountOut,
          }),
        },
      },
    },
    async (request) => {
      const { document } = await catalogueInForce(house.db, request.ctx.brand.id, request.ctx.now);
      const { lines, total } = price(document, request.body);
      return {
        lines: lines.map(({ text, amount }) => ({ text, amount: formatYuan(amount) })),
        total: formatYuan(total),
      };
    },
  );
}

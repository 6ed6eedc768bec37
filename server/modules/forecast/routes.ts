import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import { transactReading } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import { type App, amountOut, customerOf, id, instant, localized } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { problem as common } from '#kernel/problem.ts';
import { customerFind } from '#modules/identity/index.ts';
import { type Forecast, forecast } from './forecast.ts';
import { DAYS_MOST, type Line } from './rules.ts';

const query = z.object({ days: z.coerce.number().int().min(1).max(DAYS_MOST).default(DAYS_MOST) });

const lineShown = z.object({
  at: instant,
  act: z.string(),
  subject: z.object({ kind: z.string(), id: z.string().nullable(), label: z.string() }),
  amount: amountOut.nullable(),
  /** What the amount is: paid from the balance, owing from then on, missing, lapsing, or coming back. */
  money: z.enum(['paid', 'owed', 'missing', 'lapses', 'back']).nullable(),
  clause: z
    .object({
      id: z.string(),
      version: z.string(),
      title: localized,
      layer: z.enum(['attachment', 'service-contract', 'order-page', 'agreement']),
    })
    .nullable(),
  facts: z.record(z.string(), z.union([z.string(), z.number(), z.null()])),
  /** It follows from usage, which goes on as it was lately. */
  estimated: z.boolean(),
});

const shown = z.object({
  from: instant,
  until: instant,
  balance: amountOut,
  owed: amountOut,
  daily: amountOut.nullable(),
  lines: z.array(lineShown),
  /** What has to come in, and by when, for all that runs to be kept. */
  needs: z.array(z.object({ by: instant, amount: amountOut, total: amountOut })),
});

/** What will happen if nobody does anything. Nothing is written: the database refuses it. */
export function routes(app: App, house: House): void {
  app.get(
    '/account/forecast',
    {
      config: { access: 'customer', area: 'money' },
      schema: { tags: ['account'], querystring: query, response: { 200: shown } },
    },
    ({ ctx, query: { days } }) => ahead(house, ctx, customerOf(ctx).customerId, days),
  );

  app.get(
    '/staff/customers/:id/forecast',
    {
      config: { access: 'staff', area: 'customers' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        querystring: query,
        response: { 200: shown },
      },
    },
    async ({ ctx, params, query: { days } }) => {
      if (!(await customerFind(house.db, ctx.brand.id, params.id))) throw common['not-found']();
      return ahead(house, ctx, params.id, days);
    },
  );
}

async function ahead(
  house: House,
  ctx: Ctx,
  customerId: string,
  days: number,
): Promise<z.infer<typeof shown>> {
  const found = await transactReading(house.db, (tx) => forecast(tx, ctx, customerId, days));
  return shownOf(found);
}

function shownOf({ from, until, cash, owed, daily, lines, needs }: Forecast): z.infer<typeof shown> {
  return {
    ...{ from: from.toISOString(), until: until.toISOString(), balance: formatYuan(cash) },
    ...{ owed: formatYuan(owed), daily: daily === null ? null : formatYuan(daily) },
    lines: lines.map(shownLine),
    needs: needs.map(({ by, amount, total }) => ({
      ...{ by: by.toISOString(), amount: formatYuan(amount), total: formatYuan(total) },
    })),
  };
}

function shownLine({ at, cited, amount, ...line }: Line): z.infer<typeof lineShown> {
  return {
    ...line,
    at: at.toISOString(),
    amount: amount === null ? null : formatYuan(amount),
    clause: cited,
  };
}

import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import {
  type App,
  amountOut,
  customerOf,
  id,
  instant,
  line,
  listOf,
  localized,
  page,
  paged,
  servicesGranted,
} from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { balances, statement } from '#modules/ledger/index.ts';
import { order, orderList, shownOrder } from './order-list.ts';
import { quoteRoutes } from './routes-quote.ts';
import { STATEMENT_TEXT } from './statement-text.ts';

const statementLine = z.object({
  id: z.string(),
  at: instant,
  kind: z.string(),
  text: localized,
  amount: amountOut,
  balance: amountOut,
});

export function routes(app: App, house: House): void {
  app.get(
    '/balance',
    {
      config: { access: 'customer', area: 'money' },
      schema: {
        tags: ['billing'],
        /** balance: cash. gift: of all gifts together. owed: zero or below. */
        response: {
          200: z.object({ balance: amountOut, gift: amountOut, frozen: amountOut, owed: amountOut }),
        },
      },
    },
    async (request) => {
      const { customerId } = customerOf(request.ctx);
      const own = await balances(house.db, request.ctx.brand.id, customerId);
      return {
        balance: formatYuan(own.cash),
        gift: formatYuan(own.gift),
        frozen: formatYuan(own.frozen),
        owed: formatYuan(own.receivable),
      };
    },
  );

  app.get(
    '/statement',
    {
      config: { access: 'customer', area: 'money' },
      schema: {
        tags: ['billing'],
        querystring: z.object({
          before: z
            .string()
            .regex(/^\d{1,18}$/)
            .optional(),
        }),
        response: { 200: listOf(statementLine) },
      },
    },
    async (request) => {
      const { customerId } = customerOf(request.ctx);
      const rows = await statement(house.db, request.ctx.brand.id, customerId, request.query.before);
      return paged(
        rows.map((row) => ({
          id: String(row.id),
          at: row.at.toISOString(),
          kind: row.kind,
          text: STATEMENT_TEXT[row.kind] ?? { zh: row.kind, en: row.kind },
          amount: formatYuan(row.amount_micro),
          balance: formatYuan(row.balance_micro),
        })),
        (row) => row.id,
      );
    },
  );

  app.get(
    '/orders',
    {
      config: { access: 'customer', area: 'money', narrows: true },
      schema: { tags: ['billing'], querystring: page, response: { 200: listOf(order) } },
    },
    async (request) => {
      const { customerId } = customerOf(request.ctx);
      const filter = { customerId, before: request.query.before, of: servicesGranted(request.ctx) };
      const rows = await orderList(house.db, request.ctx.brand.id, filter);
      return paged(rows.map(shownOrder), (row) => row.id);
    },
  );

  quoteRoutes(app, house);
  staff(app, house);
}

function staff(app: App, house: House): void {
  app.get(
    '/staff/orders',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        /** `q`: its whole number. */
        querystring: page.extend({ customer: id.optional(), q: line(0, 100).optional() }),
        response: { 200: listOf(order) },
      },
    },
    async (request) => {
      const { before, customer: customerId, q: number } = request.query;
      const rows = await orderList(house.db, request.ctx.brand.id, { before, customerId, number });
      return paged(rows.map(shownOrder), (row) => row.id);
    },
  );
}

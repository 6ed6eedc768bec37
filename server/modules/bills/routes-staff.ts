import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, amountIn, amountOut, id, instant, line, listOf, page, paged } from '#kernel/http.ts';
import { formatYuan, parseYuan } from '#kernel/money.ts';
import { problem as common } from '#kernel/problem.ts';
import { customerPolicy } from '#modules/arrears/index.ts';
import { customerFind } from '#modules/identity/index.ts';
import { billList, creditOf, unpaidBills } from './bill-row.ts';
import { billShown, shownBill } from './bill-shown.ts';
import { creditGrant, creditWithdraw } from './credit.ts';

const one = z.object({ id });
const staff = { config: { access: 'staff' as const, area: 'money' as const } };

const credit = z.object({
  limit: amountOut,
  unpaid: amountOut,
  reason: z.string(),
  granted_at: instant,
});

export function staffRoutes(app: App, house: House): void {
  app.get(
    '/staff/customers/:id/credit',
    {
      ...staff,
      schema: {
        tags: ['staff'],
        params: one,
        /** `possible`: the customer's terms know bills. */
        response: { 200: z.object({ possible: z.boolean(), credit: credit.nullable() }) },
      },
    },
    async ({ ctx, params }) => {
      const { brand } = ctx;
      if (!(await customerFind(house.db, brand.id, params.id))) throw common['not-found']();
      const allowed = await creditOf(house.db, brand.id, params.id);
      const { unpaid } = await unpaidBills(house.db, ctx, params.id);
      const policy = await customerPolicy(house.db, params.id, ctx.now);
      return {
        possible: policy?.parameters.bills !== undefined,
        credit: allowed && {
          limit: formatYuan(allowed.limit_micro),
          unpaid: formatYuan(unpaid),
          reason: allowed.reason,
          granted_at: allowed.granted_at.toISOString(),
        },
      };
    },
  );

  app.put(
    '/staff/customers/:id/credit',
    {
      ...staff,
      schema: {
        tags: ['staff'],
        params: one,
        body: z.object({ limit: amountIn, reason: line(1, 500) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { limit, reason } = request.body;
      await act(house, request, (tx, ctx) =>
        creditGrant(tx, ctx, { customerId: request.params.id, limit: parseYuan(limit), reason }),
      );
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/customers/:id/credit/withdrawal',
    {
      ...staff,
      schema: {
        tags: ['staff'],
        params: one,
        body: z.object({ reason: line(1, 500) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await act(house, request, (tx, ctx) =>
        creditWithdraw(tx, ctx, { customerId: request.params.id, reason: request.body.reason }),
      );
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/staff/bills',
    {
      ...staff,
      schema: {
        tags: ['staff'],
        querystring: page.extend({ open: z.enum(['true', 'false']).optional(), customer: id.optional() }),
        response: { 200: listOf(billShown) },
      },
    },
    async ({ ctx, query }) => {
      const { before, open, customer: customerId } = query;
      const rows = await billList(house.db, ctx.brand.id, { customerId, before, open: open === 'true' });
      return paged(rows.map(shownBill), (bill) => bill.id);
    },
  );
}

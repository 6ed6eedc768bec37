import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, actOnce, amountOut, customerOf, id, instant, line, listOf } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { auditList } from '#modules/audit/index.ts';
import { quoteShown, renewalPreview } from '#modules/billing/index.ts';
import { pricesMoved } from '#modules/catalogue/index.ts';
import { policyOf } from '#modules/terms/index.ts';
import { autoRenewSet } from './auto-renew-set.ts';
import { alignRoutes } from './routes-align.ts';
import { changeRoutes } from './routes-change.ts';
import { serviceRenew } from './service-renew.ts';
import { policyOn, serviceFind } from './service-row.ts';

const event = z.object({
  id: z.string(),
  at: instant,
  action: z.string(),
  actor: z.string(),
  clause: z.object({ id: z.string(), version: z.string() }).nullable(),
  facts: z.record(z.string(), z.unknown()),
  /** What was told before it, or of it. */
  notices: z.array(z.string()),
});

const months = z.number().int().min(1).max(36);

export function routes(app: App, house: House): void {
  app.post(
    '/services/:id/renewals',
    {
      config: { access: 'customer', area: 'money' },
      schema: {
        tags: ['services'],
        params: z.object({ id }),
        body: z.object({ months, coupon: line(1, 40).optional() }),
        response: { 201: z.object({ order_id: id, amount: amountOut, period_end: instant }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const own = await serviceFind(tx, ctx, customerOf(ctx).customerId, request.params.id);
        if (!own) throw kernelProblem['not-found']();
        const order = await serviceRenew(tx, ctx, { serviceId: own.id, ...request.body });
        const body = {
          order_id: order.id,
          amount: formatYuan(order.amount),
          period_end: order.periodEnd.toISOString(),
        };
        return { status: 201, body };
      }),
  );

  app.get(
    '/services/:id/renewals/preview',
    {
      config: { access: 'customer', area: 'money' },
      schema: {
        tags: ['services'],
        params: z.object({ id }),
        querystring: z.object({ months: z.coerce.number().pipe(months), coupon: line(1, 40).optional() }),
        response: { 200: quoteShown },
      },
    },
    async ({ ctx, params, query }) => {
      const { customerId } = customerOf(ctx);
      const own = await serviceFind(house.db, ctx, customerId, params.id);
      if (!own) throw kernelProblem['not-found']();
      const { product, plan } = own;
      const moved = await pricesMoved(house.db, ctx.now, [own.id]);
      const monthly = moved.get(own.id) ?? own.renewal_price_micro;
      const terms = await policyOf(house.db, policyOn(own), ctx.now);
      return renewalPreview(house.db, ctx, {
        customerId,
        serviceId: own.id,
        product,
        plan,
        monthly,
        terms,
        ...query,
      });
    },
  );

  app.put(
    '/services/:id/auto-renewal',
    {
      config: { access: 'customer', area: 'money' },
      schema: {
        tags: ['services'],
        params: z.object({ id }),
        /** Months each time; null turns it off. */
        body: z.object({ months: months.nullable() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await act(house, request, async (tx, ctx) => {
        const own = await serviceFind(tx, ctx, customerOf(ctx).customerId, request.params.id);
        if (!own) throw kernelProblem['not-found']();
        await autoRenewSet(tx, ctx, { serviceId: own.id, months: request.body.months });
      });
      return reply.status(204).send(null);
    },
  );

  changeRoutes(app, house);
  alignRoutes(app, house);

  app.get(
    '/services/:id/history',
    {
      config: { access: 'customer', area: 'services' },
      schema: { tags: ['services'], params: z.object({ id }), response: { 200: listOf(event) } },
    },
    async (request) => {
      const { customerId } = customerOf(request.ctx);
      const own = await serviceFind(house.db, request.ctx, customerId, request.params.id);
      if (!own) throw kernelProblem['not-found']();
      const rows = await auditList(house.db, { brand: request.ctx.brand.id, customerId, subjectId: own.id });
      const items = rows.slice(0, 100).map((row) => ({
        id: String(row.id),
        at: row.at.toISOString(),
        action: row.action,
        actor: row.actor_kind,
        clause: row.clause_id ? { id: row.clause_id, version: row.clause_version! } : null,
        facts: row.facts as Record<string, unknown>,
        notices: row.notices,
      }));
      return { items, next: null };
    },
  );
}

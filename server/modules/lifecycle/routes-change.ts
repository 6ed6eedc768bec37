import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import { type App, act, actOnce, amountOut, customerOf, id, instant } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { type ChangePlan, options } from '#modules/billing/index.ts';
import { payPreview } from '#modules/gifts/index.ts';
import { serviceChange, serviceChangePreview } from './service-change.ts';
import { serviceEnd, serviceEndPreview } from './service-end.ts';
import { type Service, serviceFind } from './service-row.ts';

const wanted = z.object({ plan: z.string().max(40), options: options.default({}) });

const changeShown = z.object({
  /** Paid now: the new plan's price for the time that is left, less what is left of what was paid. */
  charge: amountOut,
  /** What a smaller plan leaves over … */
  left: amountOut,
  /** … and what the terms make of it. */
  becomes: z.enum(['nothing', 'refund', 'time']),
  clause: z.object({ id: z.string(), version: z.string() }),
  /** What a month costs from the next renewal on. */
  renewal_price: amountOut,
  period_end: instant,
});

const endShown = z.object({
  left: amountOut,
  refund: amountOut,
  /** By which the rest isn't refunded, or by which it is. */
  clause: z.object({ id: z.string(), version: z.string() }),
  /** Until when the data is kept, and by which clause; null: it goes at once. */
  kept: z.object({ until: instant, clause: z.string() }).nullable(),
});

export function changeRoutes(app: App, house: House): void {
  const params = z.object({ id });
  app.post(
    '/services/:id/changes/preview',
    {
      config: { access: 'customer', area: 'money', does: 'read' },
      schema: {
        tags: ['services'],
        params,
        body: wanted,
        response: { 200: changeShown.extend({ missing: amountOut }) },
      },
    },
    (request) =>
      act(house, request, async (tx, ctx) => {
        const service = await own(tx, ctx, request.params.id);
        const plan = await serviceChangePreview(tx, ctx, service, request.body);
        const { customer_id, product } = service;
        const { missing } = await payPreview(tx, ctx, customer_id, [{ product, amount: plan.charge }]);
        const { piece } = plan;
        const serviceId = service.id;
        await ctx.bus.emit(tx, ctx, 'service.change-asked', { serviceId, plan: piece.plan });
        return { ...shownChange(plan), missing: formatYuan(missing) };
      }),
  );

  app.post(
    '/services/:id/changes',
    {
      config: { access: 'customer', area: 'money' },
      schema: { tags: ['services'], params, body: wanted, response: { 201: changeShown } },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const service = await own(tx, ctx, request.params.id);
        const done = await serviceChange(tx, ctx, { serviceId: service.id, to: request.body });
        return { status: 201, body: shownChange(done) };
      }),
  );

  app.get(
    '/services/:id/end',
    {
      config: { access: 'customer', area: 'services' },
      schema: { tags: ['services'], params, response: { 200: endShown } },
    },
    async ({ ctx, params: { id: serviceId } }) => {
      const service = await own(house.db, ctx, serviceId);
      const { left, refund, clause, kept } = await serviceEndPreview(house.db, ctx, service);
      return {
        left: formatYuan(left),
        refund: formatYuan(refund),
        clause: { id: clause.clause, version: clause.version },
        kept: kept ? { until: kept.until.toISOString(), clause: kept.clause.clause } : null,
      };
    },
  );

  app.post(
    '/services/:id/end',
    {
      config: { access: 'customer', area: 'services', behalf: false },
      schema: {
        tags: ['services'],
        params,
        /** give_up: end it although the terms refund nothing. */
        body: z.object({ give_up: z.boolean().default(false) }),
        response: { 201: z.object({ refunded: amountOut }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const service = await own(tx, ctx, request.params.id);
        const input = { serviceId: service.id, giveUp: request.body.give_up };
        return { status: 201, body: { refunded: formatYuan(await serviceEnd(tx, ctx, input)) } };
      }),
  );
}

async function own(db: Db | Tx, ctx: Ctx, serviceId: string): Promise<Service> {
  const service = await serviceFind(db, ctx, customerOf(ctx).customerId, serviceId);
  if (!service) throw kernelProblem['not-found']();
  return service;
}

function shownChange(plan: ChangePlan): z.infer<typeof changeShown> {
  const { charge, left, becomes, piece, periodEnd, clause } = plan;
  return {
    charge: formatYuan(charge),
    left: formatYuan(left),
    becomes,
    clause: { id: clause.clause, version: clause.version },
    renewal_price: formatYuan(piece.monthly),
    period_end: periodEnd.toISOString(),
  };
}

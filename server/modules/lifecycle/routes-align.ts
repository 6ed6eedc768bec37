import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import { type App, actOnce, amountOut, customerOf, id, instant } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { type Service, serviceFind } from './service-row.ts';
import { servicesAlign, servicesAlignPreview } from './services-align.ts';

const body = z.object({ services: z.array(id).min(2).max(20) });
const each = z.array(z.object({ service_id: z.string(), amount: amountOut }));

/** Services that end at different times are paid up to the last of them, and are due together from then on. */
export function alignRoutes(app: App, house: House): void {
  app.post(
    '/services/alignment/preview',
    {
      config: { access: 'customer', area: 'money', does: 'read' },
      schema: {
        tags: ['services'],
        body,
        response: {
          200: z.object({
            until: instant,
            services: each,
            total: amountOut,
            payment: z.object({ gift: amountOut, cash: amountOut, missing: amountOut }),
          }),
        },
      },
    },
    async ({ ctx, body }) => {
      const found = await servicesAlignPreview(house.db, ctx, await own(house.db, ctx, body.services));
      const { gift, cash, missing } = found.payment;
      return {
        until: found.until.toISOString(),
        services: found.amounts.map(({ serviceId, amount }) => ({
          service_id: serviceId,
          amount: formatYuan(amount),
        })),
        total: formatYuan(found.amounts.reduce((sum, { amount }) => sum + amount, 0n)),
        payment: { gift: formatYuan(gift), cash: formatYuan(cash), missing: formatYuan(missing) },
      };
    },
  );

  app.post(
    '/services/alignment',
    {
      config: { access: 'customer', area: 'money' },
      schema: {
        tags: ['services'],
        body,
        response: { 201: z.object({ until: instant, services: each }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const services = await own(tx, ctx, request.body.services);
        const done = await servicesAlign(
          tx,
          ctx,
          services.map((service) => service.id),
        );
        return {
          status: 201,
          body: {
            until: done.until.toISOString(),
            services: done.orders.map((order) => ({
              service_id: order.serviceId,
              amount: formatYuan(order.amount),
            })),
          },
        };
      }),
  );
}

/** Each once; 404 for any that isn't this customer's. */
async function own(db: Db | Tx, ctx: Ctx, ids: readonly string[]): Promise<Service[]> {
  const { customerId } = customerOf(ctx);
  const services: Service[] = [];
  for (const serviceId of new Set(ids)) {
    const service = await serviceFind(db, ctx, customerId, serviceId);
    if (!service) throw kernelProblem['not-found']();
    services.push(service);
  }
  return services;
}

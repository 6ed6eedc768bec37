import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, customerOf, id, instant, listOf, page, paged, servicesGranted } from '#kernel/http.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { catalogueInForce, movesOf } from '#modules/catalogue/index.ts';
import { instancesShown, instanceView, metrics, stepsOf, WINDOWS } from '#modules/compute/index.ts';
import { policyOn, serviceFind, serviceList } from '#modules/lifecycle/index.ts';
import { policiesOf, policyOf } from '#modules/terms/index.ts';
import { ownInstance } from './own-instance.ts';
import { serviceShown, shownService } from './service-view.ts';

const step = z.object({
  step: z.string(),
  state: z.enum(['started', 'done', 'failed']),
  detail: z.string().nullable(),
  at: instant,
});

const figure = z.number().nullable();
const point = z.object({
  at: instant,
  cpu_percent: figure,
  memory_bytes: z.number(),
  disk_bytes: z.number(),
  received_bps: figure,
  sent_bps: figure,
  processes: z.number(),
});
const series = z.object({
  step_s: z.number(),
  points: z.array(point),
  limits: z.object({ cpus: z.number(), memory_bytes: z.number(), disk_bytes: z.number() }),
  traffic: z.object({ received_bytes: z.number(), sent_bytes: z.number() }),
});

export function serviceRoutes(app: App, house: House): void {
  app.get(
    '/services',
    {
      config: { access: 'customer', area: 'services', narrows: true },
      schema: { tags: ['services'], querystring: page, response: { 200: listOf(serviceShown) } },
    },
    async (request) => {
      const { brand, now } = request.ctx;
      const { customerId } = customerOf(request.ctx);
      const filter = { customerId, before: request.query.before, of: servicesGranted(request.ctx) };
      const services = await serviceList(house.db, brand.id, filter);
      return paged(await shownServices(house, brand.id, now, services), (row) => row.id);
    },
  );

  app.get(
    '/services/:id',
    {
      config: { access: 'customer', area: 'services' },
      schema: { tags: ['services'], params: z.object({ id }), response: { 200: serviceShown } },
    },
    async (request) => {
      const { brand, now } = request.ctx;
      const service = await serviceFind(
        house.db,
        request.ctx,
        customerOf(request.ctx).customerId,
        request.params.id,
      );
      if (!service) throw kernelProblem['not-found']();
      const view = await instanceView(house.db, service.id);
      const { document } = await catalogueInForce(house.db, brand.id, now);
      const terms = await policyOf(house.db, policyOn(service), now);
      const moves = await movesOf(house.db, [service.id]);
      return shownService(service, terms, view, document, { now, moves });
    },
  );

  app.get(
    '/services/:id/steps',
    {
      config: { access: 'customer', area: 'services' },
      schema: { tags: ['services'], params: z.object({ id }), response: { 200: listOf(step) } },
    },
    async (request) => {
      const { service } = await ownInstance(house.db, request.ctx, request.params.id);
      const rows = await stepsOf(house.db, service.id);
      return { items: rows.map((row) => ({ ...row, at: row.at.toISOString() })), next: null };
    },
  );

  app.get(
    '/services/:id/metrics',
    {
      config: { access: 'customer', area: 'services' },
      schema: {
        tags: ['services'],
        params: z.object({ id }),
        querystring: z.object({ window: z.enum(['1h', '24h', '7d']).default('1h') }),
        response: { 200: series },
      },
    },
    async (request) => {
      const { view } = await ownInstance(house.db, request.ctx, request.params.id);
      const { window } = request.query;
      const points = await metrics(house.db, view.instance.id, window, request.ctx.now);
      const sum = (key: 'received_bytes' | 'sent_bytes') =>
        points.reduce((total, point) => total + point[key], 0);
      return {
        step_s: WINDOWS[window][0],
        points: points.map((point) => ({ ...point, at: point.at.toISOString() })),
        limits: {
          cpus: view.instance.cpus,
          memory_bytes: Number(view.instance.memory_bytes),
          disk_bytes: Number(view.instance.disk_bytes),
        },
        traffic: { received_bytes: sum('received_bytes'), sent_bytes: sum('sent_bytes') },
      };
    },
  );
}

export async function shownServices(
  house: House,
  brand: string,
  now: Date,
  services: Awaited<ReturnType<typeof serviceList>>,
): Promise<z.infer<typeof serviceShown>[]> {
  if (services.length === 0) return [];
  const { document } = await catalogueInForce(house.db, brand, now);
  const ids = services.map((service) => service.id);
  const views = await instancesShown(house.db, ids);
  const moves = await movesOf(house.db, ids);
  const policies = await policiesOf(house.db, services.map(policyOn), now);
  return services.map((service, i) =>
    shownService(service, policies[i]!, views.get(service.id) ?? null, document, { now, moves }),
  );
}

import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, id, listOf, page, paged } from '#kernel/http.ts';
import { problem } from '#kernel/problem.ts';
import { serviceList } from '#modules/lifecycle/index.ts';
import { liveRoutes } from './routes-live.ts';
import { machineRoutes } from './routes-machine.ts';
import { policyRoutes } from './routes-policy.ts';
import { serviceRoutes, shownServices } from './routes-services.ts';
import { serviceShown } from './service-view.ts';

export function routes(app: App, house: House): void {
  serviceRoutes(app, house);
  policyRoutes(app, house);
  machineRoutes(app, house);
  liveRoutes(app, house);
  staff(app, house);
}

function staff(app: App, house: House): void {
  app.get(
    '/staff/services',
    {
      config: { access: 'staff', area: 'services' },
      schema: {
        tags: ['staff'],
        querystring: page.extend({ customer: id.optional() }),
        response: { 200: listOf(serviceShown) },
      },
    },
    async (request) => {
      const { brand, now } = request.ctx;
      const { before, customer: customerId } = request.query;
      const services = await serviceList(house.db, brand.id, { before, customerId });
      return paged(await shownServices(house, brand.id, now, services), (row) => row.id);
    },
  );

  app.get(
    '/staff/services/:id',
    {
      config: { access: 'staff', area: 'services' },
      schema: { tags: ['staff'], params: z.object({ id }), response: { 200: serviceShown } },
    },
    async (request) => {
      const { brand, now } = request.ctx;
      const found = await serviceList(house.db, brand.id, { of: [request.params.id] });
      const [service] = await shownServices(house, brand.id, now, found);
      if (!service) throw problem['not-found']();
      return service;
    },
  );
}

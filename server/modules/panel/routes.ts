import type { House } from '#kernel/house.ts';
import { type App, listOf, page, paged } from '#kernel/http.ts';
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
      schema: { tags: ['staff'], querystring: page, response: { 200: listOf(serviceShown) } },
    },
    async (request) => {
      const { brand, now } = request.ctx;
      const services = await serviceList(house.db, brand.id, { before: request.query.before });
      return paged(await shownServices(house, brand.id, now, services), (row) => row.id);
    },
  );
}

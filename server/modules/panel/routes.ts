import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, id, line, listOf, page, paged } from '#kernel/http.ts';
import { problem } from '#kernel/problem.ts';
import { servicesAt } from '#modules/compute/index.ts';
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
        /** `q`: an id, where it is reached (`host:port` or `:port`), or a part of what its owner calls it. */
        querystring: page.extend({ customer: id.optional(), q: line(0, 100).optional() }),
        response: { 200: listOf(serviceShown) },
      },
    },
    async (request) => {
      const { brand, now } = request.ctx;
      const { before, customer: customerId, q } = request.query;
      const services = await serviceList(house.db, brand.id, {
        before,
        customerId,
        ...(q?.trim() ? await soughtBy(house, brand.id, q.trim()) : {}),
      });
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

/** `host:port`, `[IPv6]:port` or `:port`. */
const REACHED = /^(\[[0-9a-f:.]+\]|[\w.-]*):(\d{1,5})$/i;

async function soughtBy(
  house: House,
  brand: string,
  text: string,
): Promise<{ of?: string[]; label?: string }> {
  if (id.safeParse(text).success) return { of: [text.toLowerCase()] };
  const reached = REACHED.exec(text);
  if (!reached) return { label: text };
  const host = reached[1]!.replace(/^\[|\]$/g, '') || null;
  return { of: await servicesAt(house.db, brand, { host, port: Number(reached[2]) }) };
}

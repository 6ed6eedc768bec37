import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, id, listOf, page, paged } from '#kernel/http.ts';
import { servicesByIds } from '#modules/lifecycle/index.ts';
import { pushesListed } from './push-read.ts';
import { shownPush, staffShown } from './schemas.ts';

export function staffRoutes(app: App, house: House): void {
  app.get(
    '/staff/pushes',
    {
      config: { access: 'staff', area: 'services' },
      schema: {
        tags: ['staff'],
        querystring: page.extend({
          /** Who gave, took or declined it. */
          customer: id.optional(),
          service: id.optional(),
          state: z.enum(['open', 'accepted', 'declined', 'withdrawn', 'lapsed']).optional(),
        }),
        response: { 200: listOf(staffShown) },
      },
    },
    async ({ ctx, query }) => {
      const { customer: customerId, service: serviceId, state, before } = query;
      const filter = { customerId, serviceId, state, before };
      const rows = await pushesListed(house.db, ctx.brand.id, filter);
      const ids = [...new Set(rows.map(({ service_id }) => service_id))];
      const services = await servicesByIds(house.db, ctx.brand.id, ids);
      const label = (service: string) => services.find((one) => one.id === service)?.label ?? '';
      return paged(
        rows.map((push) => ({
          ...shownPush(push, label(push.service_id)),
          from_customer: push.from_customer,
          to_customer: push.to_customer,
        })),
        (row) => row.id,
      );
    },
  );
}

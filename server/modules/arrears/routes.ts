import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, customerOf, listOf } from '#kernel/http.ts';
import { accountRestart } from './account-restart.ts';
import { accountShown, certificateShown, certificatesOf, shownAccount } from './account-shown.ts';
import { staffRoutes } from './routes-staff.ts';

export function routes(app: App, house: House): void {
  app.get(
    '/arrears',
    {
      config: { access: 'customer', area: 'money' },
      schema: {
        tags: ['billing'],
        response: { 200: z.object({ account: accountShown.nullable() }) },
      },
    },
    async ({ ctx }) => ({ account: await shownAccount(house.db, ctx, customerOf(ctx).customerId) }),
  );

  app.post(
    '/arrears/restart',
    {
      config: { access: 'customer', area: 'money' },
      schema: { tags: ['billing'], response: { 204: z.null() } },
    },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => accountRestart(tx, ctx, customerOf(ctx).customerId));
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/arrears/certificates',
    {
      config: { access: 'customer', area: 'services' },
      schema: { tags: ['billing'], response: { 200: listOf(certificateShown) } },
    },
    async ({ ctx }) => ({
      items: await certificatesOf(house.db, ctx.brand.id, customerOf(ctx).customerId),
      next: null,
    }),
  );

  staffRoutes(app, house);
}

import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, customerOf, id, instant, line } from '#kernel/http.ts';
import { requireStepUp } from '#modules/factors/index.ts';
import { CUSTOMER_COOKIE, clearSession, setSession } from '#modules/identity/index.ts';
import { visitEnd, visitOpen } from './visit.ts';
import { visitOf } from './visit-read.ts';

const visit = z.object({ staff: z.string(), reason: z.string(), writes: z.boolean(), until: instant });

/** Staff logged in as a customer. */
export function visitRoutes(app: App, house: House): void {
  app.post(
    '/staff/customers/:id/visits',
    {
      config: { access: 'staff', area: 'customers' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        body: z.object({ reason: line(4, 300), writes: z.boolean() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const opened = await act(house, request, async (tx, ctx) => {
        await requireStepUp(tx, ctx);
        return visitOpen(tx, ctx, { customerId: request.params.id, ...request.body });
      });
      setSession(house, reply, CUSTOMER_COOKIE, opened.token, opened.expiresAt);
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/visit',
    {
      config: { access: 'customer', area: 'self', behalf: true },
      schema: { tags: ['auth'], response: { 200: z.object({ visit: visit.nullable() }) } },
    },
    async (request) => {
      const { sessionId, behalf } = customerOf(request.ctx);
      const found = behalf ? await visitOf(house.db, sessionId, request.ctx.now) : null;
      if (!found) return { visit: null };
      const { name, reason, writes, expires_at } = found;
      return { visit: { staff: name, reason, writes, until: expires_at.toISOString() } };
    },
  );

  // A visit changes nothing of what is a person's own; that it may end itself is no change of that.
  app.post(
    '/visit/end',
    {
      config: { access: 'customer', area: 'self', does: 'read', behalf: true },
      schema: { tags: ['auth'], response: { 204: z.null() } },
    },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => visitEnd(tx, ctx));
      clearSession(house, reply, CUSTOMER_COOKIE);
      return reply.status(204).send(null);
    },
  );
}

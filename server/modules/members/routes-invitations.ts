import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, actOnce, customerOf, id, instant } from '#kernel/http.ts';
import { visitorOf } from '#kernel/visitor.ts';
import { email } from '#modules/identity/index.ts';
import { givenIn, givenOf, givenShown } from './given.ts';
import { invitationAccept, invitationByToken } from './invitation-accept.ts';
import { invitationMake } from './invitation-make.ts';
import { invitationsOf, invitationWithdraw } from './invitation-withdraw.ts';
import { problem } from './rules.ts';

const invitationShown = givenShown.extend({
  id,
  email: z.string(),
  invited_at: instant,
  expires_at: instant,
});

/** As the link in the mail has it: 256 bits. */
const token = z.string().regex(/^[\w-]{43}$/);

/** What whoever holds the mail sees of it before signing in. */
const opened = z.object({
  email: z.string(),
  from: z.string(),
  role: givenShown.shape.role,
  expires_at: instant,
});

export function invitationRoutes(app: App, house: House): void {
  const tags = ['members'];
  const config = { access: 'customer' as const, area: 'people' as const, narrows: true as const };

  app.get(
    '/members/invitations',
    { config, schema: { tags, response: { 200: z.object({ items: z.array(invitationShown) }) } } },
    async ({ ctx }) => {
      const rows = await invitationsOf(house.db, customerOf(ctx).customerId, ctx.now);
      const items = rows.map(({ invited_by: _, email: address, ...row }) => ({
        ...row,
        email: address ?? '',
        invited_at: row.invited_at.toISOString(),
        expires_at: row.expires_at.toISOString(),
      }));
      return { items };
    },
  );

  app.post(
    '/members/invitations',
    {
      config,
      schema: {
        tags,
        body: z.object({ email, given: givenIn }),
        response: { 201: z.object({ id }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        // The token stands behind the #: no server on the way ever sees it.
        const page = `${house.brands.url(ctx.brand, house.config.publicUrl)}/invitation`;
        const made = await invitationMake(tx, ctx, {
          email: request.body.email,
          given: givenOf(request.body.given),
          linkOf: (made) => `${page}#${made}`,
        });
        return { status: 201, body: { id: made } };
      }),
  );

  app.delete(
    '/members/invitations/:id',
    { config, schema: { tags, params: z.object({ id }), response: { 204: z.null() } } },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => invitationWithdraw(tx, ctx, request.params.id));
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/invitations/opened',
    { config: { access: 'public' }, schema: { tags, body: z.object({ token }), response: { 200: opened } } },
    async ({ ctx, ip, body }) => {
      await house.ports.throttles.visitor.spend(visitorOf(ip));
      const row = await invitationByToken(house.db, ctx, body.token);
      if (!row) throw problem['invitation-gone']();
      return { email: row.email, from: row.from, role: row.role, expires_at: row.expires_at.toISOString() };
    },
  );

  app.post(
    '/invitations/acceptance',
    {
      config: { access: 'customer', area: 'self' },
      schema: { tags, body: z.object({ token }), response: { 200: z.object({ customer_id: id }) } },
    },
    async (request) => {
      await house.ports.throttles.visitor.spend(visitorOf(request.ip));
      const customer_id = await act(house, request, (tx, ctx) =>
        invitationAccept(tx, ctx, request.body.token),
      );
      return { customer_id };
    },
  );
}

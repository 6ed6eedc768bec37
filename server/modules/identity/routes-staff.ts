import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, id, staffOf } from '#kernel/http.ts';
import { clearSession, setSession } from './cookies.ts';
import { checkPassword } from './password.ts';
import { normalEmail, problem, STAFF_COOKIE } from './rules.ts';
import { email, password } from './schemas.ts';
import { sessionEnd } from './session-end.ts';
import { sessionOpen } from './session-open.ts';
import './tables.ts';

const staffSession = z.object({ staff: z.object({ id, email: z.string(), name: z.string() }) });

export function staffRoutes(app: App, house: House): void {
  app.post(
    '/staff/auth/sign-in',
    {
      config: { access: 'public' },
      schema: { tags: ['staff'], body: z.object({ email, password }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { visitor, account } = house.ports.throttles;
      const key = `staff:${normalEmail(request.body.email)}`;
      await visitor.spend(`${request.ip}`);
      await account.spend(key);
      const staff = await house.db
        .selectFrom('identity_staff')
        .select(['id', 'password_hash'])
        .where('email_normal', '=', normalEmail(request.body.email))
        .executeTakeFirst();
      if (!(await checkPassword(staff?.password_hash ?? null, request.body.password)) || !staff) {
        throw problem['wrong-credentials']();
      }
      await account.forgive(key);
      const opened = await act(house, request, (tx, ctx) => sessionOpen(tx, ctx, { staffId: staff.id }));
      setSession(house, reply, STAFF_COOKIE, opened.token, opened.expiresAt);
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/auth/sign-out',
    { config: { access: 'staff', area: 'self' }, schema: { tags: ['staff'], response: { 204: z.null() } } },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => sessionEnd(tx, ctx, staffOf(ctx).sessionId));
      clearSession(house, reply, STAFF_COOKIE);
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/staff/auth/session',
    {
      config: { access: 'staff', area: 'self' },
      schema: { tags: ['staff'], response: { 200: staffSession } },
    },
    async (request) => {
      const staff = await house.db
        .selectFrom('identity_staff')
        .select(['id', 'email', 'name'])
        .where('id', '=', staffOf(request.ctx).staffId)
        .executeTakeFirstOrThrow();
      return { staff };
    },
  );
}

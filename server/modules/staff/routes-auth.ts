import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, id, staffOf } from '#kernel/http.ts';
import {
  checkPassword,
  clearSession,
  email,
  normalEmail,
  password,
  STAFF_COOKIE,
  sessionEnd,
  sessionOpen,
  setSession,
  wrongCredentials,
} from '#modules/identity/index.ts';
import './tables.ts';

const staffSession = z.object({ staff: z.object({ id, email: z.string(), name: z.string() }) });

export function authRoutes(app: App, house: House): void {
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
        throw wrongCredentials();
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

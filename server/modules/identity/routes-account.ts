import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, customerOf, id, instant, listOf } from '#kernel/http.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { checkPassword, hashPassword } from './password.ts';
import { passwordChange } from './password-change.ts';
import { problem } from './rules.ts';
import { password } from './schemas.ts';
import { sessionEnd } from './session-end.ts';
import './tables.ts';

const session = z.object({
  id,
  created_at: instant,
  last_seen_at: instant,
  ip: z.string().nullable(),
  user_agent: z.string().nullable(),
  current: z.boolean(),
});

export function accountRoutes(app: App, house: House): void {
  app.post(
    '/account/password',
    {
      config: { access: 'customer', area: 'self' },
      schema: {
        tags: ['account'],
        body: z.object({ current: password, next: password }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { userId } = customerOf(request.ctx);
      await house.ports.throttles.account.spend(`password:${userId}`);
      const user = await house.db
        .selectFrom('identity_user')
        .select(['email_normal', 'password_hash'])
        .where('id', '=', userId)
        .executeTakeFirstOrThrow();
      if (!(await checkPassword(user.password_hash, request.body.current)))
        throw problem['wrong-credentials']();
      const passwordHash = await hashPassword(request.body.next, [user.email_normal.split('@')[0]!], 'next');
      await act(house, request, (tx, ctx) => passwordChange(tx, ctx, passwordHash));
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/account/sessions',
    {
      config: { access: 'customer', area: 'self' },
      schema: { tags: ['account'], response: { 200: listOf(session) } },
    },
    async (request) => {
      const { userId, sessionId } = customerOf(request.ctx);
      const rows = await house.db
        .selectFrom('identity_session')
        .select(['id', 'created_at', 'last_seen_at', 'ip', 'user_agent'])
        .where('user_id', '=', userId)
        .where('ended_at', 'is', null)
        .where('expires_at', '>', request.ctx.now)
        .orderBy('last_seen_at', 'desc')
        .limit(100)
        .execute();
      const items = rows.map((row) => ({
        ...row,
        created_at: row.created_at.toISOString(),
        last_seen_at: row.last_seen_at.toISOString(),
        current: row.id === sessionId,
      }));
      return { items, next: null };
    },
  );

  app.delete(
    '/account/sessions/:id',
    {
      config: { access: 'customer', area: 'self' },
      schema: { tags: ['account'], params: z.object({ id }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      const ended = await act(house, request, (tx, ctx) => sessionEnd(tx, ctx, request.params.id));
      if (!ended) throw kernelProblem['not-found']();
      return reply.status(204).send(null);
    },
  );
}

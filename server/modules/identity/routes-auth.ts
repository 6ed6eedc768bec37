import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act } from '#kernel/http.ts';
import type { Throttle } from '#kernel/throttle.ts';
import { codeIssue } from './code-issue.ts';
import { clearSession, setSession } from './cookies.ts';
import { userByEmail } from './customer-read.ts';
import { emailVerify } from './email-verify.ts';
import { checkPassword, hashPassword } from './password.ts';
import { CUSTOMER_COOKIE, normalEmail, problem } from './rules.ts';
import { code, email, locale, password } from './schemas.ts';
import { sessionEnd } from './session-end.ts';
import { sessionOpen } from './session-open.ts';
import { signUp } from './sign-up.ts';

declare module '#kernel/house.ts' {
  interface Ports {
    /** By address of the machine, and by account. */
    throttles: { visitor: Throttle; account: Throttle };
  }
}

const mailed = z.object({ email: z.string() });

export function authRoutes(app: App, house: House): void {
  const { visitor, account } = house.ports.throttles;

  app.post(
    '/auth/sign-up',
    {
      config: { access: 'public' },
      schema: {
        tags: ['auth'],
        body: z.object({ email, password, locale, minor: z.boolean() }),
        response: { 202: mailed },
      },
    },
    async (request, reply) => {
      await visitor.spend(`${request.ip}`);
      const { body } = request;
      const passwordHash = await hashPassword(body.password, [localPart(body.email)]);
      await act(house, request, (tx, ctx) => signUp(tx, ctx, { ...body, passwordHash }));
      return reply.status(202).send({ email: body.email });
    },
  );

  app.post(
    '/auth/resend-code',
    {
      config: { access: 'public' },
      schema: { tags: ['auth'], body: z.object({ email }), response: { 202: mailed } },
    },
    async (request, reply) => {
      await visitor.spend(`${request.ip}`);
      await act(house, request, async (tx, ctx) => {
        const user = await userByEmail(tx, ctx.brand.id, request.body.email);
        if (user && !user.email_verified_at) await codeIssue(tx, ctx, user);
      });
      return reply.status(202).send({ email: request.body.email });
    },
  );

  app.post(
    '/auth/verify-email',
    {
      config: { access: 'public' },
      schema: { tags: ['auth'], body: z.object({ email, code, password }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      await visitor.spend(`${request.ip}`);
      const { body } = request;
      const passwordHash = await hashPassword(body.password, [localPart(body.email)]);
      const opened = await act(house, request, async (tx, ctx) => {
        const user = await userByEmail(tx, ctx.brand.id, body.email);
        if (!user) return null;
        const owner = { userId: user.id, customerId: user.customer_id };
        const good = await emailVerify(
          tx,
          ctx,
          { id: user.id, customerId: user.customer_id },
          { code: body.code, passwordHash },
        );
        return good ? sessionOpen(tx, ctx, owner) : null;
      });
      if (!opened) throw problem['wrong-code']();
      setSession(house, reply, CUSTOMER_COOKIE, opened.token, opened.expiresAt);
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/auth/sign-in',
    {
      config: { access: 'public' },
      schema: { tags: ['auth'], body: z.object({ email, password }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { body } = request;
      const key = `${request.ctx.brand.id}:${normalEmail(body.email)}`;
      await visitor.spend(`${request.ip}`);
      await account.spend(key);
      const user = await userByEmail(house.db, request.ctx.brand.id, body.email);
      if (!(await checkPassword(user?.password_hash ?? null, body.password)) || !user)
        throw problem['wrong-credentials']();
      await account.forgive(key);
      if (!user.email_verified_at) {
        await act(house, request, (tx, ctx) => codeIssue(tx, ctx, user));
        throw problem['email-unverified']();
      }
      const owner = { userId: user.id, customerId: user.customer_id };
      const opened = await act(house, request, (tx, ctx) => sessionOpen(tx, ctx, owner));
      setSession(house, reply, CUSTOMER_COOKIE, opened.token, opened.expiresAt);
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/auth/sign-out',
    { config: { access: 'public' }, schema: { tags: ['auth'], response: { 204: z.null() } } },
    async (request, reply) => {
      const { actor } = request.ctx;
      if (actor.kind === 'customer')
        await act(house, request, (tx, ctx) => sessionEnd(tx, ctx, actor.sessionId));
      clearSession(house, reply, CUSTOMER_COOKIE);
      return reply.status(204).send(null);
    },
  );
}

/** What stands before the @; a password isn't built from it. */
function localPart(address: string): string {
  return normalEmail(address).split('@')[0]!;
}

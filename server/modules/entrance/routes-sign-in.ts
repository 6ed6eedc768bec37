import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act } from '#kernel/http.ts';
import type { Throttle } from '#kernel/throttle.ts';
import {
  CUSTOMER_COOKIE,
  checkPassword,
  clearSession,
  code,
  codeIssue,
  email,
  emailVerify,
  hashPassword,
  locale,
  newPassword,
  normalEmail,
  password,
  sessionEnd,
  signUp,
  userByEmail,
  wrongCredentials,
} from '#modules/identity/index.ts';
import { problem } from './rules.ts';
import { secondFactorAsked } from './schemas.ts';
import { signInAnswer } from './sign-in-answer.ts';
import { signInFinish } from './sign-in-finish.ts';

declare module '#kernel/house.ts' {
  interface Ports {
    /** By address of the machine, and by account. */
    throttles: { visitor: Throttle; account: Throttle };
  }
}

const mailed = z.object({ email: z.string() });
const signedIn = { 204: z.null(), 202: secondFactorAsked };

export function signInRoutes(app: App, house: House): void {
  const { visitor, account } = house.ports.throttles;

  app.post(
    '/auth/sign-up',
    {
      config: { access: 'public', botCheck: true },
      schema: {
        tags: ['auth'],
        body: z.object({ email, password: newPassword, locale, minor: z.boolean() }),
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
      config: { access: 'public', botCheck: true },
      schema: { tags: ['auth'], body: z.object({ email }), response: { 202: mailed } },
    },
    async (request, reply) => {
      await visitor.spend(`${request.ip}`);
      await act(house, request, async (tx, ctx) => {
        const user = await userByEmail(tx, ctx.brand.id, request.body.email);
        if (user?.email && !user.email_verified_at) await codeIssue(tx, ctx, { ...user, email: user.email });
      });
      return reply.status(202).send({ email: request.body.email });
    },
  );

  app.post(
    '/auth/verify-email',
    {
      config: { access: 'public' },
      schema: { tags: ['auth'], body: z.object({ email, code, password: newPassword }), response: signedIn },
    },
    async (request, reply) => {
      await visitor.spend(`${request.ip}`);
      const { body } = request;
      const passwordHash = await hashPassword(body.password, [localPart(body.email)]);
      const end = await act(house, request, async (tx, ctx) => {
        const user = await userByEmail(tx, ctx.brand.id, body.email);
        if (!user) return null;
        const { id, customer_id: customerId } = user;
        if (!(await emailVerify(tx, ctx, { id, customerId }, { code: body.code, passwordHash }))) return null;
        return signInFinish(tx, ctx, { userId: id, customerId, by: 'password' });
      });
      if (!end) throw problem['wrong-code']();
      return signInAnswer(house, reply, end);
    },
  );

  app.post(
    '/auth/sign-in',
    {
      config: { access: 'public' },
      schema: { tags: ['auth'], body: z.object({ email, password }), response: signedIn },
    },
    async (request, reply) => {
      const { body } = request;
      const key = `${request.ctx.brand.id}:${normalEmail(body.email)}`;
      await visitor.spend(`${request.ip}`);
      await account.spend(key);
      const user = await userByEmail(house.db, request.ctx.brand.id, body.email);
      if (!(await checkPassword(user?.password_hash ?? null, body.password)) || !user)
        throw wrongCredentials();
      await account.forgive(key);
      const { email: address } = user;
      if (!user.email_verified_at && address) {
        await act(house, request, (tx, ctx) => codeIssue(tx, ctx, { ...user, email: address }));
        throw problem['email-unverified']();
      }
      const owner = { userId: user.id, customerId: user.customer_id };
      const end = await act(house, request, (tx, ctx) => signInFinish(tx, ctx, { ...owner, by: 'password' }));
      return signInAnswer(house, reply, end);
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

import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, line, rule } from '#kernel/http.ts';
import { mainlandPhone, phoneDigest } from '#kernel/phone.ts';
import type { Throttle } from '#kernel/throttle.ts';
import { visitorOf } from '#kernel/visitor.ts';
import { failureNote, userOwner } from '#modules/factors/index.ts';
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
  passwordStrengthen,
  sessionEnd,
  signUp,
  strengthened,
  userByEmail,
  userSigningIn,
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
const phone = line(1, 20).refine(
  ...rule<string>((text) => mainlandPhone(text) !== null, {
    zh: '请输入 11 位中国大陆手机号',
    en: 'Enter the 11 digits of a mobile number of mainland China',
  }),
);
/** By a mailbox or by a mainland number. */
const named = z.union([z.object({ email, password }), z.object({ phone, password })]);
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
      await visitor.spend(visitorOf(request.ip));
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
      await visitor.spend(visitorOf(request.ip));
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
      await visitor.spend(visitorOf(request.ip));
      const { body } = request;
      const key = `verify:${request.ctx.brand.id}:${normalEmail(body.email)}`;
      // A code bears few tries, but another one is sent each minute.
      await account.spend(key);
      const passwordHash = await hashPassword(body.password, [localPart(body.email)]);
      const end = await act(house, request, async (tx, ctx) => {
        const user = await userByEmail(tx, ctx.brand.id, body.email);
        if (!user) return null;
        const { id, customer_id: customerId } = user;
        if (!(await emailVerify(tx, ctx, { id, customerId }, { code: body.code, passwordHash }))) return null;
        return signInFinish(tx, ctx, { userId: id, customerId, by: 'password' });
      });
      if (!end) throw problem['wrong-code']();
      await account.forgive(key);
      return signInAnswer(house, reply, end);
    },
  );

  app.post(
    '/auth/sign-in',
    {
      config: { access: 'public' },
      schema: { tags: ['auth'], body: named, response: signedIn },
    },
    async (request, reply) => {
      const { ctx, body } = request;
      const by = nameOf(house, body);
      const name = 'email' in by ? by.email : `phone:${by.phoneDigest}`;
      const key = `${ctx.brand.id}:${name}`;
      await visitor.spend(visitorOf(request.ip));
      await account.spend(key);
      const user = await userSigningIn(house.db, ctx.brand.id, by);
      if (!(await checkPassword(user?.password_hash ?? null, body.password)) || !user) {
        const who = user ? userOwner(user.id) : null;
        await failureNote(house.db, ctx, { what: 'sign-in', owner: who, name });
        throw wrongCredentials();
      }
      await account.forgive(key);
      const { email: address } = user;
      if ('email' in by && !user.email_verified_at && address) {
        await act(house, request, (tx, ctx) => codeIssue(tx, ctx, { ...user, email: address }));
        throw problem['email-unverified']();
      }
      const owner = { userId: user.id, customerId: user.customer_id };
      const was = user.password_hash!;
      const becomes = await strengthened(was, body.password);
      const end = await act(house, request, async (tx, ctx) => {
        if (becomes) await passwordStrengthen(tx, { userId: user.id, was, becomes });
        return signInFinish(tx, ctx, { ...owner, by: 'password' });
      });
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

function nameOf(house: House, given: z.infer<typeof named>): { email: string } | { phoneDigest: string } {
  if ('email' in given) return { email: normalEmail(given.email) };
  return { phoneDigest: phoneDigest(house.sealer, mainlandPhone(given.phone)!) };
}

/** What stands before the @; a password isn't built from it. */
function localPart(address: string): string {
  return normalEmail(address).split('@')[0]!;
}

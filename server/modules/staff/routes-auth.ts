import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, id, staffOf } from '#kernel/http.ts';
import { visitorOf } from '#kernel/visitor.ts';
import {
  challenge,
  factorAt,
  factorsOf,
  failureNote,
  passkeyAsked,
  passkeyPlace,
  passkeyResponse,
  provePasskeyStart,
  recoveryCode,
  staffOwner,
  totpDigits,
  wrongFactor,
} from '#modules/factors/index.ts';
import {
  checkPassword,
  clearSession,
  email,
  hashPassword,
  newPassword,
  normalEmail,
  type OpenedSession,
  password,
  STAFF_COOKIE,
  sessionEnd,
  sessionOpen,
  setSession,
  strengthened,
  wrongCredentials,
} from '#modules/identity/index.ts';
import { staffProve } from './prove.ts';
import { problem } from './rules.ts';
import { areas, shownAreas, stageOf } from './session-stage.ts';
import { staffPasswordChoose, staffPasswordStrengthen } from './staff-password.ts';
import './tables.ts';

const staffSession = z.object({
  staff: z.object({ id, email: z.string(), name: z.string() }),
  /** What is still to be done before anything else: a second factor is set up, or shown; an own password is chosen. */
  stage: z.enum(['enrol', 'second-factor', 'password', 'done']),
  factors: z.array(z.enum(['totp', 'passkey', 'recovery-code'])),
  /** Null: all of them, for reading and writing. */
  areas: areas.nullable(),
});

const shown = z.discriminatedUnion('factor', [
  z.object({ factor: z.literal('totp'), code: totpDigits }),
  z.object({ factor: z.literal('recovery-code'), code: recoveryCode }),
  z.object({ factor: z.literal('passkey'), challenge, response: passkeyResponse }),
]);

/** The cookie of a session that has just shown its second factor, which has a token of its own. */
export function takeSession(house: House, reply: FastifyReply, session: OpenedSession | null): void {
  if (session) setSession(house, reply, STAFF_COOKIE, session.token, session.expiresAt);
}

export function authRoutes(app: App, house: House): void {
  const { visitor, account } = house.ports.throttles;

  app.post(
    '/staff/auth/sign-in',
    {
      config: { access: 'public' },
      schema: { tags: ['staff'], body: z.object({ email, password }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      const key = `staff:${normalEmail(request.body.email)}`;
      await visitor.spend(visitorOf(request.ip));
      await account.spend(key);
      const staff = await house.db
        .selectFrom('identity_staff')
        .select(['id', 'password_hash', 'password_given_until'])
        .where('email_normal', '=', normalEmail(request.body.email))
        .where('ended_at', 'is', null)
        .executeTakeFirst();
      if (!(await checkPassword(staff?.password_hash ?? null, request.body.password)) || !staff) {
        const owner = staff ? staffOwner(staff.id) : null;
        await failureNote(house.db, request.ctx, { what: 'sign-in', owner, name: key });
        throw wrongCredentials();
      }
      if (staff.password_given_until && staff.password_given_until <= request.ctx.now)
        throw problem['given-password-lapsed']();
      await account.forgive(key);
      const was = staff.password_hash;
      const becomes = await strengthened(was, request.body.password);
      const opened = await act(house, request, async (tx, ctx) => {
        if (becomes) await staffPasswordStrengthen(tx, { staffId: staff.id, was, becomes });
        return sessionOpen(tx, ctx, { staffId: staff.id });
      });
      takeSession(house, reply, opened);
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/auth/passkey',
    {
      config: {
        access: 'staff',
        area: 'self',
        beforeFactor: true,
        unaudited: 'it asks; the answer is recorded',
      },
      schema: { tags: ['staff'], response: { 200: passkeyAsked } },
    },
    async (request) => {
      const place = passkeyPlace(house, request);
      const asked = await act(house, request, (tx, ctx) => provePasskeyStart(tx, ctx, place));
      return {
        challenge: asked.challenge,
        options: asked.options as z.infer<typeof passkeyAsked>['options'],
      };
    },
  );

  // In a session that is whole already it is proof again, for acts that ask for it.
  app.post(
    '/staff/auth/second-factor',
    {
      config: { access: 'staff', area: 'self', beforeFactor: true },
      schema: { tags: ['staff'], body: shown, response: { 204: z.null() } },
    },
    async (request, reply) => {
      const key = `staff-factor:${staffOf(request.ctx).staffId}`;
      await account.spend(key);
      const { body } = request;
      const given = {
        ...factorAt(house, request, body),
        ...(body.factor === 'passkey' ? { challenge: body.challenge } : {}),
      };
      const proved = await act(house, request, (tx, ctx) => staffProve(tx, ctx, house.sealer, given));
      if (!proved.right) throw wrongFactor();
      await account.forgive(key);
      takeSession(house, reply, proved.session);
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/auth/password',
    {
      config: { access: 'staff', area: 'self', beforeFactor: true },
      schema: {
        tags: ['staff'],
        body: z.object({ current: password, next: newPassword }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { staffId } = staffOf(request.ctx);
      const owner = staffOwner(staffId);
      const stage = await stageOf(house.db, request.ctx, (await factorsOf(house.db, owner)).length > 0);
      if (stage === 'enrol' || stage === 'second-factor') throw problem['second-factor-needed']();
      const key = `staff-password:${staffId}`;
      await account.spend(key);
      const { current, next } = request.body;
      const { email_normal, password_hash } = await house.db
        .selectFrom('identity_staff')
        .select(['email_normal', 'password_hash'])
        .where('id', '=', staffId)
        .executeTakeFirstOrThrow();
      if (!(await checkPassword(password_hash, current))) {
        await failureNote(house.db, request.ctx, { what: 'proof', owner, name: key });
        throw wrongCredentials();
      }
      const passwordHash = await hashPassword(next, [email_normal.split('@')[0]!], 'next');
      await act(house, request, (tx, ctx) => staffPasswordChoose(tx, ctx, passwordHash));
      await account.forgive(key);
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/auth/sign-out',
    {
      config: { access: 'staff', area: 'self', beforeFactor: true },
      schema: { tags: ['staff'], response: { 204: z.null() } },
    },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => sessionEnd(tx, ctx, staffOf(ctx).sessionId));
      clearSession(house, reply, STAFF_COOKIE);
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/staff/auth/session',
    {
      config: { access: 'staff', area: 'self', beforeFactor: true },
      schema: { tags: ['staff'], response: { 200: staffSession } },
    },
    async (request) => {
      const { staffId, grant } = staffOf(request.ctx);
      const staff = await house.db
        .selectFrom('identity_staff')
        .select(['id', 'email', 'name'])
        .where('id', '=', staffId)
        .executeTakeFirstOrThrow();
      const factors = await factorsOf(house.db, staffOwner(staffId));
      const stage = await stageOf(house.db, request.ctx, factors.length > 0);
      return { staff, stage, factors, areas: grant.all ? null : shownAreas(grant.areas) };
    },
  );
}

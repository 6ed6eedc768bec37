import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, id, instant, staffOf } from '#kernel/http.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import {
  challenge,
  factorsOf,
  passkeyAsked,
  passkeyAttestation,
  passkeyEnrolFinish,
  passkeyEnrolStart,
  passkeyList,
  passkeyName,
  passkeyPlace,
  passkeyRemove,
  recoveryCodesIssue,
  recoveryCodesLeft,
  requireStepUp,
  staffOwner,
  totpConfirm,
  totpDigits,
  totpEnrol,
  totpIsOn,
  totpRemove,
  wrongFactor,
} from '#modules/factors/index.ts';
import { staffSessions } from '#modules/identity/index.ts';
import { mayEnrol, staffEnrolled } from './enrol.ts';
import { takeSession } from './routes-auth.ts';
import { problem } from './rules.ts';
import { ownSessionsEnd } from './sessions-end.ts';
import './tables.ts';

const codes = z.object({ recovery_codes: z.array(z.string()).nullable() });
const tags = ['staff'];
const own = { access: 'staff', area: 'self' } as const;
const first = { ...own, beforeFactor: true } as const;
const begun = { ...first, unaudited: 'nothing holds until it is confirmed' } as const;

const factors = z.object({
  totp: z.boolean(),
  passkeys: z.array(
    z.object({ id, name: z.string(), created_at: instant, last_used_at: instant.nullable() }),
  ),
  recovery_codes_left: z.number(),
});

const session = z.object({
  id,
  brand: z.string(),
  current: z.boolean(),
  created_at: instant,
  last_seen_at: instant,
  ip: z.string().nullable(),
  user_agent: z.string().nullable(),
});

/** A member of the staff looks after their own factors and sessions. */
export function ownRoutes(app: App, house: House): void {
  const { account } = house.ports.throttles;

  app.post(
    '/staff/auth/totp',
    {
      config: begun,
      schema: { tags, response: { 200: z.object({ secret: z.string(), uri: z.string() }) } },
    },
    (request) =>
      act(house, request, async (tx, ctx) => {
        await mayEnrol(tx, ctx);
        const { staffId } = staffOf(ctx);
        const { email } = await tx
          .selectFrom('identity_staff')
          .select('email')
          .where('id', '=', staffId)
          .executeTakeFirstOrThrow();
        return totpEnrol(tx, ctx, house.sealer, staffOwner(staffId), email);
      }),
  );

  app.post(
    '/staff/auth/totp/confirm',
    {
      config: first,
      schema: { tags, body: z.object({ code: totpDigits }), response: { 200: codes } },
    },
    async (request, reply) => {
      const key = `staff-factor:${staffOf(request.ctx).staffId}`;
      await account.spend(key);
      const done = await act(house, request, async (tx, ctx) => {
        await mayEnrol(tx, ctx);
        const owner = staffOwner(staffOf(ctx).staffId);
        const right = await totpConfirm(tx, ctx, house.sealer, owner, request.body.code);
        return right ? staffEnrolled(tx, ctx, 'totp') : null;
      });
      if (!done) throw wrongFactor();
      await account.forgive(key);
      takeSession(house, reply, done.session);
      return { recovery_codes: done.recoveryCodes };
    },
  );

  app.delete(
    '/staff/auth/totp',
    { config: own, schema: { tags, response: { 204: z.null() } } },
    async (request, reply) => {
      await act(house, request, async (tx, ctx) => {
        await requireStepUp(tx, ctx);
        const owner = staffOwner(staffOf(ctx).staffId);
        if (!(await factorsOf(tx, owner)).includes('passkey')) throw problem['factor-kept']();
        if (!(await totpRemove(tx, ctx, owner))) throw kernelProblem['not-found']();
      });
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/auth/passkeys/options',
    {
      config: begun,
      schema: {
        tags,
        response: { 200: passkeyAsked },
      },
    },
    async (request) => {
      const place = passkeyPlace(house, request);
      const asked = await act(house, request, async (tx, ctx) => {
        await mayEnrol(tx, ctx);
        const { staffId } = staffOf(ctx);
        const { email } = await tx
          .selectFrom('identity_staff')
          .select('email')
          .where('id', '=', staffId)
          .executeTakeFirstOrThrow();
        return passkeyEnrolStart(tx, ctx, staffOwner(staffId), place, email);
      });
      return {
        challenge: asked.challenge,
        options: { ...asked.options } as z.infer<typeof passkeyAsked>['options'],
      };
    },
  );

  app.post(
    '/staff/auth/passkeys',
    {
      config: first,
      schema: {
        tags,
        body: z.object({ challenge, response: passkeyAttestation, name: passkeyName }),
        response: { 200: codes },
      },
    },
    async (request, reply) => {
      const place = passkeyPlace(house, request);
      const done = await act(house, request, async (tx, ctx) => {
        await mayEnrol(tx, ctx);
        await passkeyEnrolFinish(tx, ctx, staffOwner(staffOf(ctx).staffId), place, request.body);
        return staffEnrolled(tx, ctx, 'passkey');
      });
      takeSession(house, reply, done.session);
      return { recovery_codes: done.recoveryCodes };
    },
  );

  app.delete(
    '/staff/auth/passkeys/:id',
    { config: own, schema: { tags, params: z.object({ id }), response: { 204: z.null() } } },
    async (request, reply) => {
      await act(house, request, async (tx, ctx) => {
        const owner = staffOwner(staffOf(ctx).staffId);
        const passkeys = await passkeyList(tx, owner);
        if (!passkeys.some((row) => row.id === request.params.id)) throw kernelProblem['not-found']();
        await requireStepUp(tx, ctx);
        if (passkeys.length === 1 && !(await totpIsOn(tx, owner))) throw problem['factor-kept']();
        await passkeyRemove(tx, ctx, owner, request.params.id);
      });
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/auth/recovery-codes',
    { config: own, schema: { tags, response: { 200: codes } } },
    async (request) => ({
      recovery_codes: await act(house, request, async (tx, ctx) => {
        await requireStepUp(tx, ctx);
        return recoveryCodesIssue(tx, ctx, staffOwner(staffOf(ctx).staffId));
      }),
    }),
  );

  app.get(
    '/staff/auth/factors',
    { config: own, schema: { tags, response: { 200: factors } } },
    async (request) => {
      const owner = staffOwner(staffOf(request.ctx).staffId);
      const passkeys = (await passkeyList(house.db, owner)).map((row) => ({
        id: row.id,
        name: row.name,
        created_at: row.created_at.toISOString(),
        last_used_at: row.last_used_at?.toISOString() ?? null,
      }));
      const left = await recoveryCodesLeft(house.db, owner);
      return { totp: await totpIsOn(house.db, owner), passkeys, recovery_codes_left: left };
    },
  );

  app.get(
    '/staff/auth/sessions',
    { config: own, schema: { tags, response: { 200: z.object({ items: z.array(session) }) } } },
    async (request) => {
      const { staffId, sessionId } = staffOf(request.ctx);
      const rows = await staffSessions(house.db, staffId, request.ctx.now);
      return { items: rows.map((row) => sessionShown(row, sessionId)) };
    },
  );

  app.delete(
    '/staff/auth/sessions/:id',
    { config: own, schema: { tags, params: z.object({ id }), response: { 204: z.null() } } },
    async (request, reply) => {
      const ended = await act(house, request, (tx, ctx) =>
        ownSessionsEnd(tx, ctx, { only: request.params.id }),
      );
      if (ended === 0) throw kernelProblem['not-found']();
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/auth/sessions/end-others',
    { config: own, schema: { tags, response: { 204: z.null() } } },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => ownSessionsEnd(tx, ctx, { except: staffOf(ctx).sessionId }));
      return reply.status(204).send(null);
    },
  );
}

type SessionRow = Awaited<ReturnType<typeof staffSessions>>[number];

function sessionShown(row: SessionRow, current: string): z.infer<typeof session> {
  return {
    id: row.id,
    brand: row.brand,
    current: row.id === current,
    created_at: row.created_at.toISOString(),
    last_seen_at: row.last_seen_at.toISOString(),
    ip: row.ip,
    user_agent: row.user_agent,
  };
}

import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, id, instant } from '#kernel/http.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { sessionFactorShown, userRead } from '#modules/identity/index.ts';
import { ownOwner } from './owner.ts';
import { passkeyEnrolFinish, passkeyEnrolStart } from './passkey-enrol.ts';
import { passkeyPlace } from './passkey-place.ts';
import { passkeyList, passkeyRemove, passkeyRename } from './passkey-read.ts';
import { questionOf } from './question.ts';
import { recoveryCodesIssue, recoveryCodesLeft } from './recovery-code.ts';
import { problem, QUESTIONS } from './rules.ts';
import {
  challenge,
  passkeyAsked,
  passkeyAttestation,
  passkeyName,
  type passkeyOptions,
  totpDigits,
} from './schemas.ts';
import { securityChanged } from './security-changed.ts';
import { factorOwed, requireStepUp, stepUp } from './step-up.ts';
import { totpConfirm, totpEnrol, totpIsOn, totpRemove } from './totp.ts';

const tags = ['account'];
/** Also while a second factor is asked for: here it is set up. */
const self = { access: 'customer', area: 'self', beforeFactor: true } as const;

const passkey = z.object({
  id,
  name: z.string(),
  created_at: instant,
  last_used_at: instant.nullable(),
  /** Kept by a password manager or a cloud. */
  synced: z.boolean(),
  /** Its counter went back, as a copy's would: it is accepted no longer. */
  refused_at: instant.nullable(),
});

const shown = z.object({
  password: z.boolean(),
  totp: z.boolean(),
  passkeys: z.array(passkey),
  recovery_codes_left: z.number(),
  question: z.enum(QUESTIONS).nullable(),
  /** Whether this session showed a password or a factor within 15 minutes, as changes ask for. */
  proved: z.boolean(),
  /** It was opened before there was a factor, and has shown none since: a password alone proves nothing in it. */
  factor_owed: z.boolean(),
});

/** The codes that were made with the first factor, to be shown once; null where there are some already. */
const codesOnce = z.object({ recovery_codes: z.array(z.string()).nullable() });

/** What a user has set up to sign in with. Each change asks for fresh proof, and is told to its owner. */
export function factorRoutes(app: App, house: House): void {
  app.get(
    '/account/factors',
    { config: self, schema: { tags, response: { 200: shown } } },
    async (request) => {
      const owner = ownOwner(request.ctx);
      const user = await userRead(house.db, owner.ownerId);
      const question = await questionOf(house.db, owner.ownerId);
      return {
        password: user.password_hash !== null,
        totp: await totpIsOn(house.db, owner),
        passkeys: (await passkeyList(house.db, owner)).map((row) => ({
          id: row.id,
          name: row.name,
          created_at: row.created_at.toISOString(),
          last_used_at: row.last_used_at?.toISOString() ?? null,
          synced: row.synced,
          refused_at: row.refused_at?.toISOString() ?? null,
        })),
        recovery_codes_left: await recoveryCodesLeft(house.db, owner),
        question: QUESTIONS.find((name) => name === question) ?? null,
        proved: await stepUp(house.db, request.ctx),
        factor_owed: await factorOwed(house.db, request.ctx),
      };
    },
  );
  totpRoutes(app, house);
  passkeyRoutes(app, house);

  app.post(
    '/account/factors/recovery-codes',
    { config: self, schema: { tags, response: { 200: z.object({ recovery_codes: z.array(z.string()) }) } } },
    async (request) => {
      const codes = await act(house, request, async (tx, ctx) => {
        await requireStepUp(tx, ctx);
        const owner = ownOwner(ctx);
        await securityChanged(tx, ctx, owner.ownerId, 'recovery-codes-made');
        return recoveryCodesIssue(tx, ctx, owner);
      });
      return { recovery_codes: codes };
    },
  );
}

function totpRoutes(app: App, house: House): void {
  app.post(
    '/account/factors/totp',
    {
      config: self,
      schema: { tags, response: { 200: z.object({ secret: z.string(), uri: z.string() }) } },
    },
    (request) =>
      act(house, request, async (tx, ctx) => {
        await requireStepUp(tx, ctx);
        const owner = ownOwner(ctx);
        const { email, phone_shown } = await userRead(tx, owner.ownerId);
        return totpEnrol(tx, ctx, house.sealer, owner, email ?? phone_shown ?? '');
      }),
  );

  app.post(
    '/account/factors/totp/confirmation',
    { config: self, schema: { tags, body: z.object({ code: totpDigits }), response: { 200: codesOnce } } },
    async (request) => {
      const owner = ownOwner(request.ctx);
      await house.ports.throttles.account.spend(`factor:${owner.ownerId}`);
      const done = await act(house, request, async (tx, ctx) => {
        await requireStepUp(tx, ctx);
        if (!(await totpConfirm(tx, ctx, house.sealer, owner, request.body.code))) return null;
        await sessionFactorShown(tx, ctx);
        await securityChanged(tx, ctx, owner.ownerId, 'totp-on');
        const some = (await recoveryCodesLeft(tx, owner)) > 0;
        return { recovery_codes: some ? null : await recoveryCodesIssue(tx, ctx, owner) };
      });
      if (!done) throw problem['wrong-factor']();
      await house.ports.throttles.account.forgive(`factor:${owner.ownerId}`);
      return done;
    },
  );

  app.delete(
    '/account/factors/totp',
    { config: self, schema: { tags, response: { 204: z.null() } } },
    async (request, reply) => {
      await act(house, request, async (tx, ctx) => {
        await requireStepUp(tx, ctx);
        const owner = ownOwner(ctx);
        if (!(await totpRemove(tx, ctx, owner))) throw kernelProblem['not-found']();
        await securityChanged(tx, ctx, owner.ownerId, 'totp-off');
      });
      return reply.status(204).send(null);
    },
  );
}

function passkeyRoutes(app: App, house: House): void {
  app.post(
    '/account/factors/passkeys/options',
    { config: self, schema: { tags, response: { 200: passkeyAsked } } },
    (request) =>
      act(house, request, async (tx, ctx) => {
        await requireStepUp(tx, ctx);
        const owner = ownOwner(ctx);
        const { email, phone_shown } = await userRead(tx, owner.ownerId);
        const place = passkeyPlace(house, request);
        const asked = await passkeyEnrolStart(tx, ctx, owner, place, email ?? phone_shown ?? '');
        return {
          challenge: asked.challenge,
          options: { ...asked.options } as z.infer<typeof passkeyOptions>,
        };
      }),
  );

  app.post(
    '/account/factors/passkeys',
    {
      config: self,
      schema: {
        tags,
        body: z.object({ challenge, response: passkeyAttestation, name: passkeyName }),
        response: { 201: codesOnce.extend({ id }) },
      },
    },
    async (request, reply) => {
      const place = passkeyPlace(house, request);
      const made = await act(house, request, async (tx, ctx) => {
        await requireStepUp(tx, ctx);
        const owner = ownOwner(ctx);
        const passkeyId = await passkeyEnrolFinish(tx, ctx, owner, place, request.body);
        await sessionFactorShown(tx, ctx);
        await securityChanged(tx, ctx, owner.ownerId, 'passkey-added');
        const some = (await recoveryCodesLeft(tx, owner)) > 0;
        return { id: passkeyId, recovery_codes: some ? null : await recoveryCodesIssue(tx, ctx, owner) };
      });
      return reply.status(201).send(made);
    },
  );

  app.patch(
    '/account/factors/passkeys/:id',
    {
      config: self,
      schema: {
        tags,
        params: z.object({ id }),
        body: z.object({ name: passkeyName }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const named = { id: request.params.id, name: request.body.name };
      const found = await act(house, request, (tx, ctx) => passkeyRename(tx, ctx, ownOwner(ctx), named));
      if (!found) throw kernelProblem['not-found']();
      return reply.status(204).send(null);
    },
  );

  app.delete(
    '/account/factors/passkeys/:id',
    { config: self, schema: { tags, params: z.object({ id }), response: { 204: z.null() } } },
    async (request, reply) => {
      await act(house, request, async (tx, ctx) => {
        const owner = ownOwner(ctx);
        if (!(await passkeyList(tx, owner)).some((row) => row.id === request.params.id))
          throw kernelProblem['not-found']();
        await requireStepUp(tx, ctx);
        await passkeyRemove(tx, ctx, owner, request.params.id);
        await securityChanged(tx, ctx, owner.ownerId, 'passkey-removed');
      });
      return reply.status(204).send(null);
    },
  );
}

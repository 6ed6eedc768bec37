import { z } from 'zod';
import { transact } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import { type App, act } from '#kernel/http.ts';
import { enqueue } from '#kernel/jobs.ts';
import { visitorOf } from '#kernel/visitor.ts';
import {
  answer,
  challenge,
  challengeGone,
  challengeOwner,
  factorAt,
  factorGiven,
  failureNote,
  passkeyAskAt,
  passkeyOptions,
  passkeyPlace,
  userOwner,
  wrongFactor,
} from '#modules/factors/index.ts';
import {
  email,
  hashPassword,
  newPassword,
  normalEmail,
  userByEmail,
  userRead,
} from '#modules/identity/index.ts';
import { RECOVER } from './jobs.ts';
import { type RecoveryStep, recoveryFinish, recoveryOpen } from './recovery.ts';
import { recoveryCodeTake } from './recovery-ask.ts';
import { problem } from './rules.ts';
import { mailedCode, recoveryBegun, recoveryShown } from './schemas.ts';

const tags = ['auth'];

const step = z.union([factorGiven, z.object({ factor: z.literal('question'), answer })]);

/** A lost password. Nothing here tells a stranger whether an address has an account. */
export function recoveryRoutes(app: App, house: House): void {
  const { visitor, account } = house.ports.throttles;

  app.post(
    '/auth/recovery',
    {
      config: { access: 'public', botCheck: true },
      schema: { tags, body: z.object({ email }), response: { 202: z.object({ email: z.string() }) } },
    },
    async (request, reply) => {
      const brand = request.ctx.brand.id;
      await visitor.spend(visitorOf(request.ip));
      await account.spend(`recovery:${brand}:${normalEmail(request.body.email)}`);
      await transact(house.db, (tx) =>
        enqueue(tx, RECOVER, { brand, email: request.body.email }, { maxAttempts: 3 }),
      );
      return reply.status(202).send({ email: request.body.email });
    },
  );

  app.post(
    '/auth/recovery/code',
    {
      config: { access: 'public' },
      schema: { tags, body: z.object({ email, code: mailedCode }), response: { 200: recoveryBegun } },
    },
    async (request) => {
      const { body } = request;
      await visitor.spend(visitorOf(request.ip));
      await account.spend(`recovery-code:${request.ctx.brand.id}:${normalEmail(body.email)}`);
      const found = await act(house, request, async (tx, ctx) => {
        const userId = await recoveryCodeTake(tx, ctx, house.sealer, body);
        return userId && recoveryOpen(tx, ctx, userId, 'mail');
      });
      if (!found) {
        const user = await userByEmail(house.db, request.ctx.brand.id, body.email);
        const owner = user ? userOwner(user.id) : null;
        await failureNote(house.db, request.ctx, { what: 'recovery', owner, name: normalEmail(body.email) });
        throw problem['wrong-code']();
      }
      return recoveryShown(found);
    },
  );

  app.post(
    '/auth/recovery/passkey',
    {
      config: { access: 'public' },
      schema: { tags, body: z.object({ challenge }), response: { 200: passkeyOptions } },
    },
    async (request) => {
      await visitor.spend(visitorOf(request.ip));
      const place = passkeyPlace(house, request);
      return act(house, request, async (tx, ctx) => {
        const begun = { token: request.body.challenge, purpose: 'recovery' } as const;
        return { ...(await passkeyAskAt(tx, ctx, begun, place)) };
      });
    },
  );

  app.post(
    '/auth/recovery/password',
    {
      config: { access: 'public' },
      schema: {
        tags,
        body: z.object({ challenge, password: newPassword, given: step.nullable() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { body } = request;
      await visitor.spend(visitorOf(request.ip));
      const owner = await challengeOwner(house.db, request.ctx, body.challenge);
      if (!owner) throw challengeGone();
      await account.spend(`factor:${owner.ownerId}`);
      const { email_normal } = await userRead(house.db, owner.ownerId);
      const passwordHash = await hashPassword(
        body.password,
        email_normal ? [email_normal.split('@')[0]!] : [],
      );
      const given: RecoveryStep | null =
        body.given && (body.given.factor === 'question' ? body.given : factorAt(house, request, body.given));
      const done = await act(house, request, (tx, ctx) =>
        recoveryFinish(tx, ctx, house.sealer, { challenge: body.challenge, passwordHash, step: given }),
      );
      if (!done) {
        await failureNote(house.db, request.ctx, { what: 'recovery', owner, name: owner.ownerId });
        throw wrongFactor();
      }
      await account.forgive(`factor:${owner.ownerId}`);
      return reply.status(204).send(null);
    },
  );
}

import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act } from '#kernel/http.ts';
import { visitorOf } from '#kernel/visitor.ts';
import {
  challenge,
  challengeClose,
  challengeFind,
  challengeGone,
  challengeOwner,
  factorAt,
  factorGiven,
  failureNote,
  passkeyAskAnyone,
  passkeyAskAt,
  passkeyAsked,
  passkeyOptions,
  passkeyPlace,
  passkeyResponse,
  passkeyVerify,
  wrongFactor,
} from '#modules/factors/index.ts';
import { customerOfUser } from '#modules/identity/index.ts';
import { secondFactorAsked } from './schemas.ts';
import { signInAnswer } from './sign-in-answer.ts';
import { signInFinish, signInSecond } from './sign-in-finish.ts';

const signedIn = { 204: z.null(), 202: secondFactorAsked };
const tags = ['auth'];

/** The second step of a sign-in, and signing in by a passkey alone. */
export function secondFactorRoutes(app: App, house: House): void {
  const { visitor, account } = house.ports.throttles;

  app.post(
    '/auth/second-factor',
    {
      config: { access: 'public' },
      schema: { tags, body: z.object({ challenge, given: factorGiven }), response: signedIn },
    },
    async (request, reply) => {
      await visitor.spend(visitorOf(request.ip));
      const { body } = request;
      const owner = await challengeOwner(house.db, request.ctx, body.challenge);
      if (!owner) throw challengeGone();
      // By whose factor it is: whoever knows the password begins as often as they like.
      await account.spend(`factor:${owner.ownerId}`);
      const factor = factorAt(house, request, body.given);
      const session = await act(house, request, (tx, ctx) =>
        signInSecond(tx, ctx, house.sealer, { challenge: body.challenge, factor }),
      );
      if (!session) {
        await failureNote(house.db, request.ctx, { what: 'second-factor', owner, name: owner.ownerId });
        throw wrongFactor();
      }
      await account.forgive(`factor:${owner.ownerId}`);
      return signInAnswer(house, reply, { session });
    },
  );

  app.post(
    '/auth/second-factor/passkey',
    {
      config: { access: 'public' },
      schema: { tags, body: z.object({ challenge }), response: { 200: passkeyOptions } },
    },
    async (request) => {
      await visitor.spend(visitorOf(request.ip));
      const place = passkeyPlace(house, request);
      return act(house, request, async (tx, ctx) => {
        const begun = { token: request.body.challenge, purpose: 'sign-in' } as const;
        return { ...(await passkeyAskAt(tx, ctx, begun, place)) };
      });
    },
  );

  app.post(
    '/auth/passkey/options',
    { config: { access: 'public' }, schema: { tags, response: { 200: passkeyAsked } } },
    async (request) => {
      await visitor.spend(visitorOf(request.ip));
      const place = passkeyPlace(house, request);
      const asked = await act(house, request, (tx, ctx) => passkeyAskAnyone(tx, ctx, place));
      return { challenge: asked.challenge, options: { ...asked.options } };
    },
  );

  app.post(
    '/auth/passkey',
    {
      config: { access: 'public' },
      schema: { tags, body: z.object({ challenge, response: passkeyResponse }), response: signedIn },
    },
    async (request, reply) => {
      await visitor.spend(visitorOf(request.ip));
      const place = passkeyPlace(house, request);
      const end = await act(house, request, async (tx, ctx) => {
        const found = await challengeFind(tx, ctx, request.body.challenge, 'passkey-sign-in');
        if (!found) throw challengeGone();
        await challengeClose(tx, found);
        const owner = await passkeyVerify(tx, ctx, found, place, request.body.response);
        const customerId = owner?.ownerKind === 'user' ? await customerOfUser(tx, owner.ownerId) : null;
        if (!owner || !customerId) return null;
        return signInFinish(tx, ctx, { userId: owner.ownerId, customerId, by: 'passkey' });
      });
      if (!end) throw wrongFactor();
      return signInAnswer(house, reply, end);
    },
  );
}

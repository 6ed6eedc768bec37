import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, customerOf } from '#kernel/http.ts';
import { password, passwordIsOf, sessionProve, wrongCredentials } from '#modules/identity/index.ts';
import { failureNote } from './failure.ts';
import { ownOwner } from './owner.ts';
import { passkeyPlace } from './passkey-place.ts';
import { proveFactor, provePasskeyStart } from './prove.ts';
import { problem } from './rules.ts';
import { challenge, passkeyAsked, passkeyResponse, totpDigits } from './schemas.ts';
import { factorAt } from './second-factor.ts';

const tags = ['auth'];

const shown = z.discriminatedUnion('by', [
  z.object({ by: z.literal('password'), password }),
  z.object({ by: z.literal('totp'), code: totpDigits }),
  z.object({ by: z.literal('passkey'), challenge, response: passkeyResponse }),
]);

/** Whoever has the session shows again that it is them, for acts that ask for it. */
export function proveRoutes(app: App, house: House): void {
  app.post(
    '/auth/prove/passkey',
    {
      config: { access: 'customer', area: 'self', beforeFactor: true },
      schema: { tags, response: { 200: passkeyAsked } },
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

  app.post(
    '/auth/prove',
    {
      config: { access: 'customer', area: 'self', beforeFactor: true },
      schema: { tags, body: shown, response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { body } = request;
      const owner = ownOwner(request.ctx);
      const { ownerId: userId } = owner;
      const { account } = house.ports.throttles;
      const failed = () => failureNote(house.db, request.ctx, { what: 'proof', owner, name: userId });
      await account.spend(`prove:${userId}`);
      if (body.by === 'password') {
        if (!(await passwordIsOf(house.db, customerOf(request.ctx).userId, body.password))) {
          await failed();
          throw wrongCredentials();
        }
        await act(house, request, (tx, ctx) => sessionProve(tx, ctx, 'password'));
      } else {
        const factor =
          body.by === 'totp'
            ? { factor: 'totp' as const, code: body.code }
            : {
                ...factorAt(house, request, { factor: 'passkey', response: body.response }),
                challenge: body.challenge,
              };
        const right = await act(house, request, (tx, ctx) => proveFactor(tx, ctx, house.sealer, factor));
        if (!right) {
          await failed();
          throw problem['wrong-factor']();
        }
      }
      await account.forgive(`prove:${userId}`);
      return reply.status(204).send(null);
    },
  );
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, id, line } from '#kernel/http.ts';
import { visitorOf } from '#kernel/visitor.ts';
import { recoveryBegun, recoveryShown, secondFactorAsked, signInAnswer } from '#modules/entrance/index.ts';
import {
  challenge,
  challengeGone,
  challengeOwner,
  type FailedProof,
  failureNote,
  userOwner,
  wrongFactor,
} from '#modules/factors/index.ts';
import { code, customerOfUser, password, userByPhone } from '#modules/identity/index.ts';
import { type HolderAsked, type HolderEnd, holderMail, holderShow, holderWeighed } from './holder.ts';
import { phoneEnter } from './phone-account.ts';
import { phoneCodeCheck, phoneCodeDigest } from './phone-code.ts';
import { HOLDER_WAYS, problem } from './rules.ts';

const tags = ['auth'];
const given = z.object({ id, code });
const shown = z.discriminatedUnion('way', [
  z.object({ way: z.literal('password'), password }),
  z.object({ way: z.literal('mail'), code }),
  z.object({ way: z.literal('identity'), number: line(15, 30) }),
]);

/** One of `holder` is to be shown first: the number may be somebody else's by now. */
const holderAsked = z.object({ challenge, holder: z.array(z.enum(HOLDER_WAYS)) });
const entered = { 200: recoveryBegun, 202: z.union([holderAsked, secondFactorAsked]), 204: z.null() };

/** What a code is good for that came back from a number which has an account. */
export function phoneEnterRoutes(app: App, house: House): void {
  const { visitor } = house.ports.throttles;

  for (const purpose of ['sign-in', 'recovery'] as const)
    app.post(
      `/auth/phone/${purpose}`,
      { config: { access: 'public' }, schema: { tags, body: given, response: entered } },
      async (request, reply) => {
        await visitor.spend(visitorOf(request.ip));
        const { holderIdentity } = house.ports;
        const found = await act(house, request, async (tx, ctx) => {
          const proved = await phoneCodeCheck(tx, ctx, house.sealer, request.body);
          return proved && { end: await phoneEnter(tx, ctx, holderIdentity, proved, purpose) };
        });
        if (!found) {
          await codeFailed(house, request, { id: request.body.id, what: purpose });
          throw problem['phone-code-wrong']();
        }
        if (!found.end) throw problem['phone-unknown']();
        return answered(house, reply, found.end);
      },
    );

  app.post(
    '/auth/phone/holder',
    {
      config: { access: 'public' },
      schema: { tags, body: z.object({ challenge, given: shown }), response: entered },
    },
    async (request, reply) => {
      const { challenge: token, given: what } = request.body;
      const owner = await holderOwner(house, request, token);
      const customerId = await customerOfUser(house.db, owner.ownerId);
      const weighed = await holderWeighed(house, owner, what, customerId ?? '');
      const end = await act(house, request, (tx, ctx) =>
        holderShow(tx, ctx, { token, shown: what, weighed }),
      );
      if (!end) {
        await failureNote(house.db, request.ctx, { what: 'sign-in', owner, name: owner.ownerId });
        throw wrongFactor();
      }
      await house.ports.throttles.account.forgive(`factor:${owner.ownerId}`);
      return answered(house, reply, end);
    },
  );

  app.post(
    '/auth/phone/holder/mail',
    {
      config: { access: 'public' },
      schema: { tags, body: z.object({ challenge }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      await holderOwner(house, request, request.body.challenge);
      await act(house, request, (tx, ctx) => holderMail(tx, ctx, request.body.challenge));
      return reply.status(204).send(null);
    },
  );
}

/** Whose challenge it is, with the attempt counted. Throws `challenge-gone`, `too-many-requests`. */
async function holderOwner(house: House, request: FastifyRequest, token: string) {
  const { visitor, account } = house.ports.throttles;
  await visitor.spend(visitorOf(request.ip));
  const owner = await challengeOwner(house.db, request.ctx, token);
  if (!owner) throw challengeGone();
  await account.spend(`factor:${owner.ownerId}`);
  return owner;
}

function answered(house: House, reply: FastifyReply, end: HolderEnd | HolderAsked) {
  if ('holder' in end) return reply.status(202).send(end);
  if ('recovery' in end) return reply.status(200).send(recoveryShown(end.recovery));
  return signInAnswer(house, reply, end.signIn);
}

/** The account of the number that the code went to learns of it; made-up codes are nobody's. */
async function codeFailed(
  house: House,
  { ctx }: FastifyRequest,
  of: { id: string; what: FailedProof },
): Promise<void> {
  const digest = await phoneCodeDigest(house.db, ctx, of.id);
  const userId = await userByPhone(house.db, ctx.brand.id, digest ?? '');
  await failureNote(house.db, ctx, {
    what: of.what,
    owner: userId ? userOwner(userId) : null,
    name: digest ?? of.id,
  });
}

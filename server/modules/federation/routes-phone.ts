import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, customerOf, id, line } from '#kernel/http.ts';
import { mainlandPhone } from '#kernel/phone.ts';
import type { Throttle } from '#kernel/throttle.ts';
import { visitorOf } from '#kernel/visitor.ts';
import { secondFactorAsked, signInAnswer } from '#modules/entrance/index.ts';
import { requireStepUp } from '#modules/factors/index.ts';
import { code, locale, phoneHeld, sessionProve, userRead } from '#modules/identity/index.ts';
import { codePrice, codeSpend, ownCodeSpend } from './code-price.ts';
import { phoneBegin, phoneClaim, phoneRemove } from './phone-account.ts';
import { phoneCodeCheck, phoneCodeIssue, phoneCodeUse } from './phone-code.ts';
import { problem } from './rules.ts';

declare module '#kernel/house.ts' {
  interface Ports {
    /** Codes by SMS, by visitor, by networks and by brand: each costs money, whoever asks for it. */
    smsThrottles: { visitor: Throttle; network: Throttle; wideNetwork: Throttle; brand: Throttle };
  }
}

const phone = line(1, 20);
const sent = z.object({ id, shown: z.string() });
const given = z.object({ id, code });
const signedIn = { 204: z.null(), 202: secondFactorAsked };

/** Sign-up and sign-in by a mainland number. */
export function phoneRoutes(app: App, house: House): void {
  const tags = ['auth'];
  const { visitor } = house.ports.throttles;

  app.post(
    '/auth/phone/codes',
    {
      config: { access: 'public', botCheck: priceAsked },
      schema: { tags, body: z.object({ phone, locale }), response: { 202: sent } },
    },
    async (request, reply) => {
      const number = numberOf(request.body.phone);
      await codeSpend(house, { ip: request.ip, brand: request.ctx.brand.id });
      const { locale: language } = request.body;
      const asked = await act(house, request, (tx, ctx) =>
        phoneCodeIssue(tx, ctx, house.sealer, { number, locale: language }),
      );
      return reply.status(202).send(asked);
    },
  );

  app.post(
    '/auth/phone/sign-up',
    {
      config: { access: 'public' },
      schema: {
        tags,
        body: given.extend({ locale, minor: z.boolean(), newly_mine: z.boolean() }),
        response: signedIn,
      },
    },
    async (request, reply) => {
      await visitor.spend(visitorOf(request.ip));
      const { minor, locale: language, newly_mine: newlyMine } = request.body;
      const end = await act(house, request, async (tx, ctx) => {
        const proved = await phoneCodeCheck(tx, ctx, house.sealer, request.body);
        return proved && phoneBegin(tx, ctx, house.sealer, proved, { minor, locale: language, newlyMine });
      });
      if (!end) throw problem['phone-code-wrong']();
      return signInAnswer(house, reply, end);
    },
  );
  ownPhoneRoutes(app, house);
}

/** The number of whoever is signed in. */
function ownPhoneRoutes(app: App, house: House): void {
  const tags = ['account'];
  const self = { access: 'customer', area: 'self' } as const;

  app.post(
    '/account/phone/codes',
    { config: self, schema: { tags, body: z.object({ phone }), response: { 202: sent } } },
    async (request, reply) => {
      const number = numberOf(request.body.phone);
      await requireStepUp(house.db, request.ctx);
      const { userId } = customerOf(request.ctx);
      await ownCodeSpend(house, { userId, brand: request.ctx.brand.id });
      const { locale: language } = await userRead(house.db, userId);
      const asked = await act(house, request, (tx, ctx) =>
        phoneCodeIssue(tx, ctx, house.sealer, { number, locale: language }),
      );
      return reply.status(202).send(asked);
    },
  );

  app.post(
    '/account/phone',
    { config: self, schema: { tags, body: given, response: { 204: z.null() } } },
    async (request, reply) => {
      await requireStepUp(house.db, request.ctx);
      const right = await act(house, request, async (tx, ctx) => {
        const proved = await phoneCodeCheck(tx, ctx, house.sealer, request.body);
        if (proved) await phoneClaim(tx, ctx, house.sealer, proved);
        return proved !== null;
      });
      if (!right) throw problem['phone-code-wrong']();
      return reply.status(204).send(null);
    },
  );

  app.delete(
    '/account/phone',
    { config: self, schema: { tags, response: { 204: z.null() } } },
    async (request, reply) => {
      await requireStepUp(house.db, request.ctx);
      await act(house, request, phoneRemove);
      return reply.status(204).send(null);
    },
  );

  // For who has neither a password nor a factor: the own number shows again who it is.
  app.post(
    '/auth/prove/phone',
    { config: self, schema: { tags: ['auth'], body: given, response: { 204: z.null() } } },
    async (request, reply) => {
      const { userId } = customerOf(request.ctx);
      const right = await act(house, request, async (tx, ctx) => {
        const proved = await phoneCodeCheck(tx, ctx, house.sealer, request.body);
        const { phone_digest: own } = await userRead(tx, userId);
        if (!proved || proved.digest !== own) return false;
        await phoneCodeUse(tx, ctx, proved.codeId);
        await phoneHeld(tx, ctx, userId);
        await sessionProve(tx, ctx, 'sms-code');
        return true;
      });
      if (!right) throw problem['phone-code-wrong']();
      return reply.status(204).send(null);
    },
  );
}

function numberOf(text: string): string {
  const number = mainlandPhone(text);
  if (!number) throw problem['phone-form']({}, { errors: [{ field: 'phone', message: 'form' }] });
  return number;
}

/** What a stranger's code costs; a number that is none is refused right after. */
async function priceAsked(house: House, request: FastifyRequest): Promise<number> {
  const number = mainlandPhone((request.body as { phone: string }).phone);
  return number === null ? 1 : codePrice(house, request.ctx, number);
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, customerOf, id, instant } from '#kernel/http.ts';
import { visitorOf } from '#kernel/visitor.ts';
import { secondFactorAsked, signInAnswer } from '#modules/entrance/index.ts';
import { requireStepUp } from '#modules/factors/index.ts';
import { cookieName, userRead } from '#modules/identity/index.ts';
import {
  type Attempt,
  attemptBegin,
  attemptOpen,
  attemptSeal,
  pendingOpen,
  pendingSeal,
  stateIs,
  stateUse,
} from './attempt.ts';
import { bindingAdd, bindingList, bindingRemove, bindingSignIn, identityKnown } from './binding.ts';
import { type IdentityProvider, PROVIDERS, ProviderError, type ProviderKind } from './driver.ts';
import { ATTEMPT_COOKIE, ATTEMPT_MINUTES, PENDING_COOKIE, PENDING_MINUTES, problem } from './rules.ts';
import { waysIn } from './ways-in.ts';

const provider = z.enum(PROVIDERS);
const offered = z.object({ provider, sandbox: z.boolean() });
const leave = z.object({ url: z.string() });
const identity = z.object({ provider, nickname: z.string() });

const finished = z.object({
  /** `bound`: to who is signed in. `unknown`: nobody has it; who signs up or in may bind it (`/account/bindings/pending`). */
  outcome: z.enum(['bound', 'unknown']),
  ...identity.shape,
});

export function bindingRoutes(app: App, house: House): void {
  signInRoutes(app, house);
  accountRoutes(app, house);
}

/** To a third party and back, for who signs in and for who binds. */
function signInRoutes(app: App, house: House): void {
  const tags = ['auth'];
  const { visitor } = house.ports.throttles;

  app.get(
    '/auth/providers',
    {
      config: { access: 'public' },
      schema: { tags, response: { 200: z.object({ items: z.array(offered) }) } },
    },
    async ({ ctx }) => ({
      items: house.ports
        .identityProviders(ctx.brand.id)
        .map(({ kind, sandbox }) => ({ provider: kind, sandbox })),
    }),
  );

  app.post(
    '/auth/federation/begin',
    {
      config: { access: 'public' },
      schema: { tags, body: z.object({ provider }), response: { 200: leave } },
    },
    async (request, reply) => {
      await visitor.spend(visitorOf(request.ip));
      return { url: await goOut(house, request, reply, request.body.provider, null) };
    },
  );

  // 204 with the session, 202 with what is still to be shown, or 200 with what came of it instead.
  app.post(
    '/auth/federation/finish',
    {
      config: { access: 'public' },
      schema: {
        tags,
        body: z.object({ provider, query: z.string().max(4_096) }),
        response: { 200: finished, 204: z.null(), 202: secondFactorAsked },
      },
    },
    async (request, reply) => {
      await visitor.spend(visitorOf(request.ip));
      const begun = await comeBack(house, request, reply);
      const by = providerOf(house, request, begun.provider);
      const proved = await identify(by, begun, new URLSearchParams(request.body.query), house);
      const known = identityKnown(house.sealer, begun.provider, proved);
      const { nickname } = known;
      if (begun.sessionId) {
        const { actor } = request.ctx;
        if (actor.kind !== 'customer' || actor.sessionId !== begun.sessionId)
          throw problem['federation-lost']();
        await act(house, request, (tx, ctx) => bindingAdd(tx, ctx, known));
        return reply.send({ outcome: 'bound', provider: begun.provider, nickname });
      }
      const end = await act(house, request, (tx, ctx) => bindingSignIn(tx, ctx, known));
      if (end) return signInAnswer(house, reply, end);
      const pending = pendingSeal(house.sealer, request.ctx, known);
      setCookie(house, reply, PENDING_COOKIE, pending, PENDING_MINUTES);
      return reply.send({ outcome: 'unknown', provider: begun.provider, nickname });
    },
  );
}

/** What a signed-in user has bound. */
function accountRoutes(app: App, house: House): void {
  const tags = ['account'];
  const self = { access: 'customer', area: 'self', person: true } as const;
  const binding = z.object({
    id,
    ...identity.shape,
    bound_at: instant,
    /** When it last signed somebody in. */
    used_at: instant.nullable(),
  });
  const own = z.object({
    items: z.array(binding),
    offered: z.array(offered),
    /** A number that signs in, as it may be shown. */
    phone: z.string().nullable(),
    has_password: z.boolean(),
    /** How many ways to sign in there are; the last stays. */
    ways: z.int(),
    /** An identity that this browser proved lately and that nobody has bound. */
    pending: identity.nullable(),
  });

  app.get(
    '/account/bindings',
    { config: self, schema: { tags, response: { 200: own } } },
    async (request) => {
      const { userId } = customerOf(request.ctx);
      const user = await userRead(house.db, userId);
      const pending = pendingOpen(
        house.sealer,
        request.ctx,
        request.cookies[cookieName(house, PENDING_COOKIE)],
      );
      const items = await bindingList(house.db, userId);
      return {
        items: items.map((row) => ({
          ...row,
          bound_at: row.bound_at.toISOString(),
          used_at: row.used_at?.toISOString() ?? null,
        })),
        offered: house.ports
          .identityProviders(request.ctx.brand.id)
          .map(({ kind, sandbox }) => ({ provider: kind, sandbox })),
        phone: user.phone_shown,
        has_password: user.password_hash !== null,
        ways: (await waysIn(house.db, userId)).length,
        pending: pending && { provider: pending.provider, nickname: pending.nickname },
      };
    },
  );

  app.post(
    '/account/bindings',
    { config: self, schema: { tags, body: z.object({ provider }), response: { 200: leave } } },
    async (request, reply) => {
      await requireStepUp(house.db, request.ctx);
      const { sessionId } = customerOf(request.ctx);
      return { url: await goOut(house, request, reply, request.body.provider, sessionId) };
    },
  );

  app.post(
    '/account/bindings/pending',
    { config: self, schema: { tags, response: { 204: z.null() } } },
    async (request, reply) => {
      await requireStepUp(house.db, request.ctx);
      const pending = pendingOpen(
        house.sealer,
        request.ctx,
        request.cookies[cookieName(house, PENDING_COOKIE)],
      );
      if (!pending) throw problem['federation-lost']();
      await act(house, request, (tx, ctx) => bindingAdd(tx, ctx, pending));
      clearCookie(house, reply, PENDING_COOKIE);
      return reply.status(204).send(null);
    },
  );

  app.delete(
    '/account/bindings/pending',
    { config: self, schema: { tags, response: { 204: z.null() } } },
    async (_request, reply) => {
      clearCookie(house, reply, PENDING_COOKIE);
      return reply.status(204).send(null);
    },
  );

  app.delete(
    '/account/bindings/:id',
    { config: self, schema: { tags, params: z.object({ id }), response: { 204: z.null() } } },
    async (request, reply) => {
      await requireStepUp(house.db, request.ctx);
      await act(house, request, (tx, ctx) => bindingRemove(tx, ctx, request.params.id));
      return reply.status(204).send(null);
    },
  );
}

function providerOf(house: House, { ctx }: FastifyRequest, kind: ProviderKind): IdentityProvider {
  const found = house.ports.identityProviders(ctx.brand.id).find((each) => each.kind === kind);
  if (!found) throw problem['provider-missing']();
  return found;
}

async function goOut(
  house: House,
  request: FastifyRequest,
  reply: FastifyReply,
  kind: ProviderKind,
  sessionId: string | null,
): Promise<string> {
  const to = providerOf(house, request, kind);
  const origin = house.brands.url(request.ctx.brand, house.config.publicUrl);
  const redirectUri = `${origin}/sign-in/return/${kind}`;
  const begun = attemptBegin(request.ctx, { provider: kind, redirectUri, sessionId });
  const url = await asked(house, to, () => to.authorizeUrl(begun));
  setCookie(house, reply, ATTEMPT_COOKIE, attemptSeal(house.sealer, begun), ATTEMPT_MINUTES);
  return url;
}

/** The attempt that this browser began, used up by that, whatever comes of it. Throws `federation-lost`. */
async function comeBack(house: House, request: FastifyRequest, reply: FastifyReply): Promise<Attempt> {
  const { provider: kind, query } = request.body as { provider: ProviderKind; query: string };
  const begun = attemptOpen(house.sealer, request.ctx, request.cookies[cookieName(house, ATTEMPT_COOKIE)]);
  if (begun?.provider !== kind || !stateIs(begun, new URLSearchParams(query)))
    throw problem['federation-lost']();
  clearCookie(house, reply, ATTEMPT_COOKIE);
  if (!(await act(house, request, (tx, ctx) => stateUse(tx, ctx, begun)))) throw problem['federation-lost']();
  return begun;
}

function identify(from: IdentityProvider, begun: Attempt, answer: URLSearchParams, house: House) {
  return asked(house, from, () => from.identify(begun, answer));
}

async function asked<T>(house: House, { kind }: IdentityProvider, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    if (!(error instanceof ProviderError)) throw error;
    if (error.kind !== 'denied')
      house.log.warn(
        { provider: kind, why: error.kind, detail: error.message },
        'a third party’s proof failed',
      );
    throw problem[`federation-${error.kind}`]();
  }
}

/** Only our own pages send these back, never a foreign one's link or form. */
function attributes(house: House) {
  return {
    path: '/',
    httpOnly: true,
    sameSite: 'strict' as const,
    secure: house.config.publicUrl.startsWith('https:'),
  };
}

function setCookie(house: House, reply: FastifyReply, name: string, value: string, minutes: number): void {
  void reply.setCookie(cookieName(house, name), value, { ...attributes(house), maxAge: minutes * 60 });
}

function clearCookie(house: House, reply: FastifyReply, name: string): void {
  void reply.clearCookie(cookieName(house, name), attributes(house));
}

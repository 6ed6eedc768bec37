import type { FastifyContextConfig, FastifyReply, FastifyRequest } from 'fastify';
import type { Actor, Ctx } from '#kernel/ctx.ts';
import {
  AREA_NAMES,
  CUSTOMER_AREAS,
  DOES_NAMES,
  type Does,
  grantedServices,
  mayDo,
  mayReach,
  STAFF_AREAS,
} from '#kernel/grant.ts';
import type { House } from '#kernel/house.ts';
import type { Access, App, Rights } from '#kernel/http.ts';
import { Problem, problem } from '#kernel/problem.ts';
import { pick } from '#kernel/text.ts';
import { factorAsked } from '#modules/factors/index.ts';
import { CUSTOMER_COOKIE, cookieName, STAFF_COOKIE, sessionActor } from '#modules/identity/index.ts';
import { keyActor } from '#modules/keys/index.ts';
import { staffActor, visitActor } from '#modules/staff/index.ts';
import { callerByKey, signedBodies, withKey } from './keys.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Every route of the API says who may call it, and customers' and staff's routes to which area they belong, or the app
 * doesn't start; who calls and whether they may is settled before anything is read.
 */
export function guard(app: App, house: House): void {
  signedBodies(app);
  const rights: Rights[] = [];
  app.decorate('rights', rights);
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/api/') && !route.config?.access)
      throw new Error(`${String(route.method)} ${route.url} doesn't say who may call it`);
    if (!areaFits(route.config))
      throw new Error(`${String(route.method)} ${route.url} doesn't say to which area it belongs`);
    for (const method of [route.method].flat())
      rights.push({ ...route.config, method, path: route.url, does: doesOf(method, route.config) });
  });
  app.addHook('onRequest', async (request, reply) => {
    const access = request.routeOptions.config.access;
    request.stillPermitted = () => still(house, request);
    if (!access) return;
    if (access === 'development' && (house.config.production || !house.ports.mailer.sandbox))
      throw problem['not-found']();
    if (access !== 'callback') refuseForeignOrigin(request);
    await identify(house, request, reply, access);
    permit(request, request.ctx);
  });
}

/**
 * Cookies are SameSite=Lax; beyond that a browser's unsafe request (and every WebSocket) must come from our own
 * pages. Programs send neither header and carry no cookie they didn't mean to send.
 */
function refuseForeignOrigin(request: FastifyRequest): void {
  const upgrade = request.headers.upgrade !== undefined;
  if (SAFE.has(request.method) && !upgrade) return;
  const site = request.headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw problem['foreign-origin']();
  const origin = request.headers.origin;
  if (origin === undefined) return;
  if (!URL.canParse(origin) || new URL(origin).host !== request.host) throw problem['foreign-origin']();
}

/** Asks again as it was asked at first; false also where the session stands in another customer by now. */
async function still(house: House, request: FastifyRequest): Promise<boolean> {
  const access = request.routeOptions.config.access;
  if (access !== 'customer' && access !== 'staff') return true;
  const before = request.ctx.actor;
  const actor = await actorOf(house, request, access, {
    ...request.ctx,
    now: house.clock.now(),
    // What stays open is no use of a session.
    unattended: true,
  });
  if (actor?.kind !== before.kind) return false;
  if (actor.kind === 'customer' && before.kind === 'customer' && actor.customerId !== before.customerId)
    return false;
  try {
    permit(request, { ...request.ctx, actor });
    return true;
  } catch (error) {
    if (error instanceof Problem) return false;
    throw error;
  }
}

async function actorOf(
  house: House,
  request: FastifyRequest,
  access: Access,
  ctx: Ctx,
): Promise<Actor | null> {
  const { actor } = request.ctx;
  if (actor.kind === 'customer' && actor.keyId) return keyActor(house.db, ctx, actor.keyId);
  const token = request.cookies[cookieName(house, access === 'staff' ? STAFF_COOKIE : CUSTOMER_COOKIE)];
  if (!token) return null;
  if (access !== 'staff') {
    const found = await sessionActor(house.db, ctx, token);
    return found?.kind === 'customer' && found.behalf ? visitActor(house.db, ctx, found) : found;
  }
  return staffActor(house.db, ctx, token, request.routeOptions.config.beforeFactor ?? false);
}

async function identify(
  house: House,
  request: FastifyRequest,
  reply: FastifyReply,
  access: Access,
): Promise<void> {
  if (access === 'callback' || access === 'development') return;
  const found =
    access !== 'staff' && withKey(request)
      ? await callerByKey(house, request, reply)
      : await actorOf(house, request, access, request.ctx);
  const wanted = access === 'staff' ? 'staff' : 'customer';
  if (found?.kind === wanted) request.ctx = { ...request.ctx, actor: found };
  else if (access !== 'public') throw problem['signed-out']();
}

function doesOf(method: string, config?: FastifyContextConfig): Does {
  return config?.does ?? (SAFE.has(method) ? 'read' : 'write');
}

function areaFits({ access, area }: FastifyContextConfig = {}): boolean {
  if (access !== 'customer' && access !== 'staff') return true;
  const areas: readonly string[] = access === 'staff' ? STAFF_AREAS : CUSTOMER_AREAS;
  return area !== undefined && areas.includes(area);
}

/** Paths that begin so have a service's id in them. */
const OF_SERVICE = /^\/api\/v1\/(?:services|account\/outages)\/:id(?:\/|$)/;

/** Refuses what the caller's grant doesn't have. A service that it doesn't reach is as if it weren't there. */
function permit(request: FastifyRequest, { actor, locale }: Ctx): void {
  const {
    access,
    area,
    narrows,
    owner,
    person,
    beforeFactor,
    behalf = area !== 'self',
  } = request.routeOptions.config;
  if (access !== 'customer' && access !== 'staff') return;
  if (actor.kind !== 'customer' && actor.kind !== 'staff') throw problem['signed-out']();
  if (actor.kind === 'customer' && actor.factorAsked && !beforeFactor) throw factorAsked();
  const does = doesOf(request.method, request.routeOptions.config);
  if (!area) throw problem['not-found']();
  const lacking = (what: Does | 'whole' | 'owner') =>
    problem['not-permitted'](
      { area: pick(AREA_NAMES[area], locale), does: pick(DOES_NAMES[what], locale) },
      { area, lacking: what },
    );
  if (!mayDo(actor.grant, area, does)) throw lacking(does);
  if (actor.kind === 'staff') return;
  // What is a person's own (password, sessions, factors) no key changes, and nobody on the person's behalf.
  const oneself = actor.keyId === null && actor.behalf === null;
  if (area === 'self' && does === 'write' && !oneself) throw lacking(does);
  if (actor.behalf && !behalf) throw lacking('owner');
  if (person && !oneself) throw lacking('owner');
  if (owner && !(oneself && actor.grant.all)) throw lacking('owner');
  if (grantedServices(actor.grant) === null) return;
  if (OF_SERVICE.test(String(request.routeOptions.url))) {
    const { id } = request.params as { id: string };
    if (!mayReach(actor.grant, id)) throw problem['not-found']();
  } else if (!narrows && area !== 'self') throw lacking('whole');
}

import type { FastifyRequest } from 'fastify';
import type { House } from '#kernel/house.ts';
import type { Access, App } from '#kernel/http.ts';
import { problem } from '#kernel/problem.ts';
import { CUSTOMER_COOKIE, STAFF_COOKIE, sessionActor } from '#modules/identity/index.ts';

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Every route of the API says who may call it, or the app doesn't start; who calls is settled before anything is read. */
export function guard(app: App, house: House): void {
  app.addHook('onRoute', (route) => {
    if (route.url.startsWith('/api/') && !route.config?.access)
      throw new Error(`${String(route.method)} ${route.url} doesn't say who may call it`);
  });
  app.addHook('onRequest', async (request) => {
    const access = request.routeOptions.config.access;
    if (!access) return;
    if (access === 'development' && (house.config.production || !house.ports.mailer.sandbox))
      throw problem['not-found']();
    if (access !== 'callback') refuseForeignOrigin(request);
    await identify(house, request, access);
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

async function identify(house: House, request: FastifyRequest, access: Access): Promise<void> {
  if (access === 'callback' || access === 'development') return;
  const token = request.cookies[access === 'staff' ? STAFF_COOKIE : CUSTOMER_COOKIE];
  const found = token ? await sessionActor(house.db, request.ctx, token) : null;
  const wanted = access === 'staff' ? 'staff' : 'customer';
  if (found?.kind === wanted) request.ctx = { ...request.ctx, actor: found };
  else if (access !== 'public') throw problem['signed-out']();
}

import { type Grant, grantedServices, mayDo, mayReach } from '#kernel/grant.ts';
import type { Rights } from '#kernel/http.ts';
import type { World } from '#server/world.ts';
import { call, type Reply } from '../api/call.ts';
import { type Belongings, filled, ROUTES } from '../api/route-table.ts';

/** What becomes of a call before its route runs: `through` it comes, or it is refused. */
export type Fate = 'through' | 'signed-out' | 'not-permitted' | 'not-found';

/** Of each route of the server below /api/v1 that asks for somebody of this kind; HEAD is its GET. */
export function rightsOf(world: World, access: 'customer' | 'staff'): Rights[] {
  return world.server.app.rights
    .filter((right) => right.access === access && right.method !== 'HEAD')
    .map((right) => ({ ...right, path: right.path.replace(/^\/api\/v1/, '') }));
}

export const nameOf = ({ method, path }: Rights): string => `${method} ${path}`;

/** The same from what the route says and what the caller has; `service`: whose id stands in the path. */
export function fateBy(grant: Grant, right: Rights, service: string): Fate {
  const { area, does, owner, narrows, path } = right;
  if (!area || !mayDo(grant, area, does)) return 'not-permitted';
  if (owner && !grant.all) return 'not-permitted';
  if (grantedServices(grant) === null || area === 'self' || narrows) return 'through';
  if (/^\/(services|account\/outages)\/:id(\/|$)/.test(path))
    return mayReach(grant, service) ? 'through' : 'not-found';
  return 'not-permitted';
}

/**
 * Calls a route so that nothing is done: what changes something gets a body that no route reads, which is refused as
 * it stands by whichever route it comes through to.
 */
export async function probe(
  world: World,
  right: Rights,
  ids: Belongings,
  cookie: string | undefined,
): Promise<{ fate: Fate; text: string }> {
  const route = ROUTES[nameOf(right)];
  const path = route
    ? filled(right.path, route, ids)
    : right.path.replaceAll(/:\w+/g, '018f0000-0000-7000-8000-000000000000');
  const reads = right.method === 'GET';
  const reply = await call(world, right.method, path, {
    cookie,
    ...(reads ? {} : { body: 'nothing', headers: { 'content-type': 'application/x-nothing' } }),
  });
  return { fate: fateOf(nameOf(right), reply, reads), text: reply.text };
}

function fateOf(name: string, { status, json: { code }, text }: Reply, reads: boolean): Fate {
  if (status === 401) return 'signed-out';
  if (status === 403 && code === 'not-permitted') return 'not-permitted';
  if (status === 404) return 'not-found';
  if (!reads && status !== 400)
    throw new Error(`${name}, which nothing was sent to read, answered ${status}: ${text}`);
  return 'through';
}

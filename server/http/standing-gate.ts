import type { FastifyRequest } from 'fastify';
import { transact } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import { type App, customerOf } from '#kernel/http.ts';
import { gateStanding, termsUse } from '#modules/revisions/index.ts';

/**
 * Where each act of a customer meets the agreement: what binds it to more (buying, renewing, changing) is refused
 * while it stands under an older version or disagrees; what works its services is, where its terms say so, acceptance
 * by use. All else is neither: looking, who one is, what is owed, claims, appeals, copying data out, ending a service,
 * and what one says of the terms themselves.
 */

const BINDING: ReadonlySet<string> = new Set([
  'POST /orders',
  'POST /carts/orders',
  'POST /usage/packages',
  'POST /services/:id/renewals',
  'POST /services/:id/changes',
  'POST /services/alignment',
]);

const USE: ReadonlySet<string> = new Set([
  'POST /services/:id/power',
  'POST /services/:id/mappings',
  'DELETE /services/:id/mappings/:mapping_id',
  'PUT /services/:id/auto-renewal',
]);

const PREFIX = /^\/api\/v1/;

export function standingGate(app: App, house: House): void {
  app.addHook('preHandler', async (request) => {
    if (request.routeOptions.config.access !== 'customer') return;
    const act = actOf(request);
    if (BINDING.has(act)) await gateStanding(house.db, request.ctx, customerOf(request.ctx).customerId);
    else if (USE.has(act)) await transact(house.db, (tx) => termsUse(tx, request.ctx, act));
  });
}

function actOf(request: FastifyRequest): string {
  return `${request.method} ${String(request.routeOptions.url).replace(PREFIX, '')}`;
}

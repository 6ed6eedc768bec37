import type { FastifyRequest } from 'fastify';
import { transact } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import { type App, customerOf } from '#kernel/http.ts';
import { gateStanding, termsUse } from '#modules/revisions/index.ts';

/**
 * Where each act of a customer meets the agreement: what binds it to more (buying, renewing, changing) is refused
 * while it stands under an older version or disagrees; anything else it does with its services is, where its terms
 * say so, acceptance by use. Looking, signing in and out, paying what is owed and saying what one thinks of the terms
 * are neither. `test/access.test.ts` knows every route; `unsorted` finds those that none of these lists has.
 */

export const BINDING: ReadonlySet<string> = new Set([
  'POST /orders',
  'POST /carts/orders',
  'POST /usage/packages',
  'POST /services/:id/renewals',
  'POST /services/:id/changes',
  'POST /services/alignment',
]);

/** Not a use of the services: who one is, what is owed, what one says of the terms, prices that are only asked for. */
export const NEUTRAL: readonly RegExp[] = [
  /^\w+ \/(account|auth|terms|notices|invoice-titles|tax-invoices|contracts|invoices|funds|payments)(\/|$)/,
  /\/(quote|preview)$/,
  /^POST \/services\/:id\/end$/,
];

const SAFE = new Set(['GET', 'HEAD', 'OPTIONS']);
const PREFIX = /^\/api\/v1/;

export function standingGate(app: App, house: House): void {
  app.addHook('preHandler', async (request) => {
    if (request.routeOptions.config.access !== 'customer' || SAFE.has(request.method)) return;
    const act = actOf(request);
    const { customerId } = customerOf(request.ctx);
    if (BINDING.has(act)) await gateStanding(house.db, request.ctx, customerId);
    else if (!NEUTRAL.some((neutral) => neutral.test(act)))
      await transact(house.db, (tx) => termsUse(tx, request.ctx, act));
  });
}

function actOf(request: FastifyRequest): string {
  return `${request.method} ${String(request.routeOptions.url).replace(PREFIX, '')}`;
}

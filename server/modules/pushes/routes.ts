import { z } from 'zod';
import { transactReading } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import {
  type App,
  act,
  actOnce,
  customerOf,
  id,
  instant,
  listOf,
  page,
  paged,
  servicesGranted,
} from '#kernel/http.ts';
import { problem as common } from '#kernel/problem.ts';
import { accessIn, checkedAccess, sealAccess } from '#modules/compute/index.ts';
import { servicesByIds } from '#modules/lifecycle/index.ts';
import { addresseeIn, addresseeOf } from './addressee.ts';
import { offersFor } from './offers-read.ts';
import { pushAccept } from './push-accept.ts';
import { pushDecline, pushWithdraw } from './push-end.ts';
import { pushMake } from './push-make.ts';
import { type Push, pushesFor, pushesGiven, pushesTaken } from './push-row.ts';
import { staffRoutes } from './routes-staff.ts';
import { codeOf } from './rules.ts';
import { givenShown, offerShown, shownPush, shownTaken, takenShown } from './schemas.ts';

const tags = ['services'];
const params = z.object({ id });
/** As people read eight digits to each other; anything else is no try. */
const codeIn = z.string().regex(/^[0-9 ]{8,16}$/);
const reading = { access: 'customer' as const, area: 'services' as const, narrows: true as const };
/** Who gives a service away, or takes one, does so in person. */
const owner = { access: 'customer' as const, area: 'services' as const, owner: true as const };

export function routes(app: App, house: House): void {
  givingRoutes(app, house);
  takingRoutes(app, house);
  staffRoutes(app, house);
}

function codeFor(house: House, pushId: string): string {
  return codeOf(house.sealer.blind('push-code', pushId));
}

function givingRoutes(app: App, house: House): void {
  app.post(
    '/services/:id/pushes',
    {
      config: owner,
      schema: {
        tags,
        description:
          'Offers the service to another customer. The answer is the same whether or not anybody has that address; the code is for telling to who should have it.',
        params,
        body: z.object({ to: addresseeIn }),
        response: { 201: z.object({ id, code: z.string(), expires_at: instant }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const to = addresseeOf(house.sealer, request.body.to);
        const made = await pushMake(tx, ctx, { serviceId: request.params.id, to });
        const code = codeFor(house, made.id);
        return { status: 201, body: { id: made.id, code, expires_at: made.expiresAt.toISOString() } };
      }),
  );

  app.get(
    '/pushes/given',
    { config: reading, schema: { tags, querystring: page, response: { 200: listOf(givenShown) } } },
    async ({ ctx, query }) => {
      const { customerId, grant, keyId, behalf } = customerOf(ctx);
      const filter = { customerId, before: query.before, of: servicesGranted(ctx) };
      const rows = await pushesGiven(house.db, ctx.brand.id, filter);
      const labels = await labelsOf(house, ctx.brand.id, rows, customerId);
      const mayMake = grant.all && keyId === null && behalf === null;
      return paged(
        rows.map((push) => ({
          ...shownPush(push, labels.get(push.service_id) ?? ''),
          code: mayMake && push.state === 'open' ? codeFor(house, push.id) : null,
        })),
        (row) => row.id,
      );
    },
  );

  app.delete(
    '/pushes/:id',
    { config: owner, schema: { tags, params, response: { 204: z.null() } } },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => pushWithdraw(tx, ctx, request.params.id));
      return reply.status(204).send(null);
    },
  );
}

/** What its services are called; of one that is another's by now only what it was called when it passed. */
async function labelsOf(house: House, brand: string, pushes: readonly Push[], customerId: string) {
  const ids = [...new Set(pushes.map(({ service_id }) => service_id))];
  const services = await servicesByIds(house.db, brand, ids);
  const own = services.filter(({ customer_id }) => customer_id === customerId);
  return new Map(own.map(({ id: service, label }) => [service, label]));
}

function takingRoutes(app: App, house: House): void {
  app.get(
    '/push-offers',
    {
      config: owner,
      schema: { tags, response: { 200: z.object({ items: z.array(offerShown) }) } },
    },
    async ({ ctx }) => ({ items: await transactReading(house.db, (tx) => offersFor(tx, ctx)) }),
  );

  app.post(
    '/push-offers/:id/acceptance',
    {
      config: owner,
      schema: {
        tags,
        params,
        body: z.object({ code: codeIn, as_shown: z.string().max(64), access: accessIn }),
        response: { 201: z.object({ service_id: id }) },
      },
    },
    async (request, reply) => {
      const { id: pushId } = request.params;
      const actor = customerOf(request.ctx);
      if ((await pushesFor(house.db, request.ctx, actor, pushId)).length === 0) throw common['not-found']();
      // Eight digits, ten tries in a quarter of an hour, by the addressee alone.
      await house.ports.throttles.account.spend(`push ${pushId} ${actor.customerId}`);
      return actOnce(house, request, reply, async (tx, ctx) => {
        const { code, as_shown: asShown, access } = request.body;
        const taken = await pushAccept(tx, ctx, {
          pushId,
          asShown,
          hasCode: code.replaceAll(' ', '') === codeFor(house, pushId),
          sealedAccess: ({ id: serviceId, label }) =>
            sealAccess(house.sealer, serviceId, checkedAccess(access, label)),
        });
        return { status: 201, body: { service_id: taken.id } };
      });
    },
  );

  app.post(
    '/push-offers/:id/refusal',
    { config: owner, schema: { tags, params, response: { 204: z.null() } } },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => pushDecline(tx, ctx, request.params.id));
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/pushes/taken',
    { config: reading, schema: { tags, querystring: page, response: { 200: listOf(takenShown) } } },
    async ({ ctx, query }) => {
      const { customerId } = customerOf(ctx);
      const rows = await pushesTaken(house.db, ctx.brand.id, customerId, query.before);
      const granted = servicesGranted(ctx);
      const { items, next } = paged(rows, (row) => row.id);
      const seen = items.filter(({ service_id }) => granted?.includes(service_id) ?? true);
      return { items: seen.map(shownTaken), next };
    },
  );
}

import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, customerOf, id, instant } from '#kernel/http.ts';
import { customersOfUser, membersOf, ROLES, secondFactorRequired } from '#modules/identity/index.ts';
import { customerSwitch } from './customer-switch.ts';
import { givenIn, givenOf, givenShown } from './given.ts';
import { memberChange, memberLeave, memberRemove } from './member-change.ts';
import { invitationRoutes } from './routes-invitations.ts';
import { secondFactorRequire } from './second-factor-require.ts';

const memberShown = givenShown.extend({
  id,
  /** By what the person is known: the mailbox, or the ends of a phone. */
  shown: z.string(),
  joined_at: instant,
  you: z.boolean(),
});

const customerShown = z.object({
  id,
  /** Of its owner. */
  shown: z.string(),
  role: z.enum(ROLES),
  /** Where this session stands. */
  current: z.boolean(),
});

const one = z.object({ id });
const nothing = { 204: z.null() };

export function routes(app: App, house: House): void {
  customers(app, house);
  members(app, house);
  secondFactor(app, house);
  invitationRoutes(app, house);
}

function customers(app: App, house: House): void {
  const tags = ['account'];
  app.get(
    '/account/customers',
    {
      config: { access: 'customer', area: 'self', beforeFactor: true },
      schema: { tags, response: { 200: z.object({ items: z.array(customerShown) }) } },
    },
    async ({ ctx }) => {
      const { userId, customerId } = customerOf(ctx);
      const rows = await customersOfUser(house.db, userId);
      const items = rows.map((row) => ({
        id: row.customer_id,
        shown: row.email ?? row.phone_shown ?? '',
        role: row.role,
        current: row.customer_id === customerId,
      }));
      return { items };
    },
  );

  app.post(
    '/account/customers/:id/switch',
    {
      config: { access: 'customer', area: 'self', beforeFactor: true },
      schema: { tags, params: one, response: nothing },
    },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => customerSwitch(tx, ctx, request.params.id));
      return reply.status(204).send(null);
    },
  );
}

/** Whether everybody in the customer has to show a second factor; the owner says so, where the brand doesn't already. */
function secondFactor(app: App, house: House): void {
  const tags = ['members'];
  const asked = z.object({ required: z.boolean() });
  app.get(
    '/members/second-factor',
    {
      config: { access: 'customer', area: 'people', narrows: true },
      schema: { tags, response: { 200: asked.extend({ by_brand: z.boolean() }) } },
    },
    async ({ ctx }) => {
      const by_brand = ctx.brand.second_factor === 'required';
      const required = await secondFactorRequired(house.db, customerOf(ctx).customerId);
      return { required: by_brand || required, by_brand };
    },
  );

  app.put(
    '/members/second-factor',
    {
      config: { access: 'customer', area: 'people', owner: true },
      schema: { tags, body: asked, response: nothing },
    },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => secondFactorRequire(tx, ctx, request.body.required));
      return reply.status(204).send(null);
    },
  );
}

function members(app: App, house: House): void {
  const tags = ['members'];
  const config = { access: 'customer' as const, area: 'people' as const, narrows: true as const };
  app.get(
    '/members',
    { config, schema: { tags, response: { 200: z.object({ items: z.array(memberShown) }) } } },
    async ({ ctx }) => {
      const { userId, customerId } = customerOf(ctx);
      const rows = await membersOf(house.db, customerId);
      const items = rows.map((row) => ({
        id: row.user_id,
        shown: row.email ?? row.phone_shown ?? '',
        role: row.role,
        areas: row.areas,
        services: row.services,
        joined_at: row.created_at.toISOString(),
        you: row.user_id === userId,
      }));
      return { items };
    },
  );

  app.put(
    '/members/:id',
    { config, schema: { tags, params: one, body: givenIn, response: nothing } },
    async (request, reply) => {
      const asked = { userId: request.params.id, given: givenOf(request.body) };
      await act(house, request, (tx, ctx) => memberChange(tx, ctx, asked));
      return reply.status(204).send(null);
    },
  );

  app.delete(
    '/members/:id',
    { config, schema: { tags, params: one, response: nothing } },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => memberRemove(tx, ctx, request.params.id));
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/members/leave',
    { config: { access: 'customer', area: 'self', beforeFactor: true }, schema: { tags, response: nothing } },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => memberLeave(tx, ctx));
      return reply.status(204).send(null);
    },
  );
}

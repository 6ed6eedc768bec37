import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, actOnce, displayName, id, instant, line, listOf, page, paged } from '#kernel/http.ts';
import { usageCorrect } from './correction.ts';
import { quarantineList, quarantineRefuse, quarantineRelease, readingsHeld } from './quarantine.ts';
import { subjectClose, subjectOpen, subjectsOf } from './subject.ts';
import { tokenIssue, tokenList, tokenRevoke } from './token.ts';

const state = z.enum(['held', 'released', 'refused']);
const held = z.object({
  id,
  source: z.string(),
  event_id: z.string(),
  type: z.string(),
  subject: z.string(),
  at: instant,
  reason: z.enum(['future', 'too-old', 'unknown-meter', 'unknown-subject']),
  state,
  received_at: instant,
  decided_at: instant.nullable(),
  note: z.string().nullable(),
});

const heldReading = z.object({
  customer_id: z.string(),
  product: z.string(),
  meter: z.string(),
  subject: z.string().nullable(),
  slot: instant,
  ends_at: instant,
  measured: z.string(),
  corrected: z.string(),
  held_at: instant,
});

const decision = z.object({ note: line(1, 300) });
const subjectRef = z.object({ product: line(1, 40), name: line(1, 200) });

export function staffRoutes(app: App, house: House): void {
  quarantineRoutes(app, house);
  subjectRoutes(app, house);
  tokenRoutes(app, house);
}

function quarantineRoutes(app: App, house: House): void {
  app.get(
    '/staff/usage/quarantine',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        querystring: page.extend({ state: state.default('held') }),
        response: { 200: listOf(held) },
      },
    },
    async (request) => {
      const rows = await quarantineList(house.db, request.ctx.brand.id, request.query);
      return paged(
        rows.map(({ event: _, brand: __, decided_by: ___, ...row }) => ({
          ...row,
          at: row.at.toISOString(),
          received_at: row.received_at.toISOString(),
          decided_at: row.decided_at?.toISOString() ?? null,
        })),
        (row) => row.id,
      );
    },
  );

  app.post(
    '/staff/usage/quarantine/:id/release',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        body: decision,
        response: { 200: z.object({ accepted: z.number(), duplicates: z.number() }) },
      },
    },
    (request) =>
      act(house, request, (tx, ctx) => quarantineRelease(tx, ctx, request.params.id, request.body.note)),
  );

  app.post(
    '/staff/usage/quarantine/:id/refuse',
    {
      config: { access: 'staff', area: 'money' },
      schema: { tags: ['staff'], params: z.object({ id }), body: decision, response: { 204: z.null() } },
    },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => quarantineRefuse(tx, ctx, request.params.id, request.body.note));
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/staff/usage/held',
    {
      config: { access: 'staff', area: 'money' },
      schema: { tags: ['staff'], response: { 200: z.object({ items: z.array(heldReading) }) } },
    },
    async (request) => {
      const rows = await readingsHeld(house.db, request.ctx.brand.id);
      return {
        items: rows.map(({ held_at, slot, ends_at, ...row }) => ({
          ...row,
          slot: slot.toISOString(),
          ends_at: ends_at.toISOString(),
          held_at: held_at!.toISOString(),
        })),
      };
    },
  );

  app.post(
    '/staff/usage/corrections',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        body: z.object({
          product: line(1, 40),
          meter: line(1, 40),
          subject: line(1, 200),
          at: instant,
          /** Base units to add; below zero to take away. */
          quantity: z.string().regex(/^-?[1-9]\d{0,30}$/),
          reason: line(1, 300),
        }),
        response: { 201: z.object({ id }) },
      },
    },
    async (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { at, quantity, ...rest } = request.body;
        const input = { ...rest, at: new Date(at), quantity: BigInt(quantity) };
        return { status: 201, body: await usageCorrect(tx, ctx, input) };
      }),
  );
}

function subjectRoutes(app: App, house: House): void {
  const subject = z.object({
    product: z.string(),
    name: z.string(),
    customer_id: z.string(),
    opened_at: instant,
    closed_at: instant.nullable(),
  });
  app.get(
    '/staff/usage/subjects',
    {
      config: { access: 'staff', area: 'services' },
      schema: {
        tags: ['staff'],
        querystring: z.object({ customer_id: id.optional() }),
        response: { 200: z.object({ items: z.array(subject) }) },
      },
    },
    async (request) => {
      const filter = { customerId: request.query.customer_id };
      const rows = await subjectsOf(house.db, request.ctx.brand.id, filter);
      return {
        items: rows.map(({ product, name, customer_id, opened_at, closed_at }) => ({
          ...{ product, name, customer_id },
          opened_at: opened_at.toISOString(),
          closed_at: closed_at?.toISOString() ?? null,
        })),
      };
    },
  );
  app.post(
    '/staff/usage/subjects',
    {
      config: { access: 'staff', area: 'services' },
      schema: {
        tags: ['staff'],
        body: subjectRef.extend({ customer_id: id }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { customer_id: customerId, ...ref } = request.body;
      await act(house, request, (tx, ctx) => subjectOpen(tx, ctx, { ...ref, customerId }));
      return reply.status(204).send(null);
    },
  );
  app.post(
    '/staff/usage/subjects/close',
    {
      config: { access: 'staff', area: 'services' },
      schema: { tags: ['staff'], body: subjectRef, response: { 204: z.null() } },
    },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => subjectClose(tx, ctx, request.body));
      return reply.status(204).send(null);
    },
  );
}

function tokenRoutes(app: App, house: House): void {
  const token = z.object({ id, name: z.string(), created_at: instant, revoked_at: instant.nullable() });
  app.get(
    '/staff/usage/tokens',
    {
      config: { access: 'staff', area: 'system' },
      schema: { tags: ['staff'], response: { 200: z.object({ items: z.array(token) }) } },
    },
    async (request) => ({ items: await tokenList(house.db, request.ctx.brand.id) }),
  );
  app.post(
    '/staff/usage/tokens',
    {
      config: { access: 'staff', area: 'system' },
      schema: {
        tags: ['staff'],
        body: z.object({ name: displayName(1, 60) }),
        response: { 201: z.object({ id, token: z.string() }) },
      },
    },
    // Not by Idempotency-Key: its answer is kept, and this one is told once.
    async (request, reply) => {
      const issued = await act(house, request, (tx, ctx) => tokenIssue(tx, ctx, request.body.name));
      return reply.status(201).send(issued);
    },
  );
  app.delete(
    '/staff/usage/tokens/:id',
    {
      config: { access: 'staff', area: 'system' },
      schema: { tags: ['staff'], params: z.object({ id }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => tokenRevoke(tx, ctx, request.params.id));
      return reply.status(204).send(null);
    },
  );
}

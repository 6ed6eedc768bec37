import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, id, instant, line, listOf, page, paged, paragraphs } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { visitorOf } from '#kernel/visitor.ts';
import { requireStepUp } from '#modules/factors/index.ts';
import { offerSend } from './offer.ts';
import { requestAnswer, requestContact, requestFile, requestList } from './request.ts';
import { requestShown } from './schemas.ts';
import { shownRequest } from './shown.ts';
import { staffErase } from './staff-erase.ts';
import { strangerErase, strangerFind } from './stranger.ts';

const config = { access: 'staff' as const, area: 'privacy' as const };
const tags = ['staff'];
const byId = z.object({ id });

const request = requestShown.extend({
  customer_id: id.nullable(),
  /** Of somebody without an account: where the answer goes. */
  contact: z.string().nullable(),
  late: z.boolean(),
});

const trace = z.object({
  table: z.string(),
  row: z.string(),
  columns: z.array(z.string()),
  at: z.string().nullable(),
  law: z.string().nullable(),
});

/** Rows of a table of the register. */
const part = z.object({ table: z.string(), rows: z.int() });

const bilingual = (min: number, max: number) =>
  z.object({ zh: paragraphs(min, max), en: paragraphs(min, max) });

/** What people ask about their data, as staff answer it; people without an account, too. */
export function staffRoutes(app: App, house: House): void {
  app.post(
    '/privacy/requests',
    {
      config: { access: 'public' },
      schema: {
        tags: ['privacy'],
        body: z.object({
          kind: z.enum(['copy', 'correct', 'delete', 'restrict', 'other']),
          contact: z.email().max(254),
          text: paragraphs(5, 2_000),
        }),
        response: { 201: z.object({ id, due_at: instant }) },
      },
    },
    async (asked, reply) => {
      await house.ports.throttles.visitor.spend(`privacy:${visitorOf(asked.ip)}`);
      const made = await act(house, asked, (tx, ctx) =>
        requestFile(tx, { ...ctx, actor: { kind: 'visitor' } }, house.sealer, asked.body),
      );
      const row = await house.db
        .selectFrom('privacy_request')
        .select('due_at')
        .where('id', '=', made)
        .executeTakeFirstOrThrow();
      return reply.status(201).send({ id: made, due_at: row.due_at.toISOString() });
    },
  );

  app.get(
    '/staff/privacy/requests',
    {
      config,
      schema: {
        tags,
        querystring: page.extend({ open: z.stringbool().optional() }),
        response: { 200: listOf(request) },
      },
    },
    async ({ ctx, query }) => {
      const rows = await requestList(house.db, ctx.brand.id, query);
      const items = rows.map((row) => ({
        ...shownRequest(house.sealer, row),
        customer_id: row.customer_id,
        contact: requestContact(house.sealer, row),
        late: (row.ended_at ?? ctx.now) > row.due_at,
      }));
      return paged(items, (row) => row.id);
    },
  );

  app.post(
    '/staff/privacy/requests/:id/answer',
    {
      config,
      schema: {
        tags,
        params: byId,
        body: z.object({ done: z.boolean(), answer: paragraphs(2, 2_000) }),
        response: { 204: z.null() },
      },
    },
    async (asked, reply) => {
      await act(house, asked, (tx, ctx) => requestAnswer(tx, ctx, { id: asked.params.id, ...asked.body }));
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/privacy/strangers',
    {
      config: { ...config, does: 'read' as const },
      schema: {
        tags,
        body: z.object({ text: line(2, 254) }),
        response: { 200: z.object({ items: z.array(trace) }) },
      },
    },
    async ({ ctx, body }) => ({ items: await strangerFind(house.db, ctx, house.sealer, body.text) }),
  );

  app.post(
    '/staff/privacy/requests/:id/erasures',
    {
      config,
      schema: {
        tags,
        params: byId,
        body: z.object({ table: line(1, 60), row: line(1, 60) }),
        response: { 204: z.null() },
      },
    },
    async (asked, reply) => {
      await requireStepUp(house.db, asked.ctx);
      await act(house, asked, (tx, ctx) =>
        strangerErase(tx, ctx, { ...asked.body, request: asked.params.id }),
      );
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/members/:id/erasure',
    {
      config: { access: 'staff', area: 'staff' },
      schema: {
        tags,
        params: byId,
        response: {
          200: z.object({ erased: z.array(part), kept: z.array(part.extend({ until: instant })) }),
        },
      },
    },
    (asked) =>
      act(house, asked, async (tx, ctx) => {
        await requireStepUp(tx, ctx);
        return staffErase(tx, ctx, asked.params.id);
      }),
  );

  app.post(
    '/staff/privacy/offers',
    {
      config,
      schema: {
        tags,
        body: z.object({ title: z.object({ zh: line(2, 80), en: line(2, 80) }), text: bilingual(5, 4_000) }),
        response: { 201: z.object({ told: z.int() }) },
      },
    },
    async (asked, reply) => {
      const told = await act(house, asked, (tx, ctx) => offerSend(tx, ctx, { id: newId(), ...asked.body }));
      return reply.status(201).send({ told });
    },
  );
}

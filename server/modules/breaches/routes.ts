import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import {
  type App,
  act,
  id,
  instant,
  line,
  listOf,
  localized,
  page,
  paged,
  paragraphs,
  rule,
} from '#kernel/http.ts';
import { problem as common } from '#kernel/problem.ts';
import { CATEGORIES } from '#server/personal-data.ts';
import {
  authorityTold,
  type Incident,
  incidentAgree,
  incidentClose,
  incidentList,
  incidentRecord,
} from './incident.ts';
import { incidentPeople, incidentTell } from './incident-tell.ts';
import './tables.ts';

const config = { access: 'staff' as const, area: 'privacy' as const };
const tags = ['staff'];
const byId = z.object({ id });
const done = { 204: z.null() };
const words = z.object({ zh: paragraphs(5, 2_000), en: paragraphs(5, 2_000) });

const incident = z.object({
  id,
  title: z.string(),
  happened: z.string(),
  from_at: instant,
  to_at: instant.nullable(),
  found_at: instant,
  due_at: instant,
  late: z.boolean(),
  categories: z.array(z.string()),
  effects: localized,
  remedy: localized,
  all_customers: z.boolean(),
  state: z.enum(['draft', 'asked', 'agreed', 'told', 'closed']),
  recorded_by: z.string(),
  agreed_by: z.string().nullable(),
  untold_reason: z.string().nullable(),
  authority: z.string().nullable(),
  authority_reference: z.string().nullable(),
  authority_told_at: instant.nullable(),
});

const given = z
  .object({
    title: line(4, 80),
    happened: paragraphs(10, 2_000),
    from_at: instant,
    to_at: instant.nullable(),
    found_at: instant,
    categories: z.array(z.enum(CATEGORIES)).min(1).max(CATEGORIES.length),
    effects: words,
    remedy: words,
    /** Null: all customers of the brand. */
    customer_ids: z.array(id).min(1).max(10_000).nullable(),
  })
  .refine(
    ...rule<{ from_at: string; to_at: string | null; found_at: string }>(
      ({ from_at, to_at, found_at }) => (to_at === null || to_at >= from_at) && found_at >= from_at,
      { zh: '时间先后不符', en: 'These times are in no possible order' },
    ),
  );

export function routes(app: App, house: House): void {
  app.get(
    '/staff/incidents',
    { config, schema: { tags, querystring: page, response: { 200: listOf(incident) } } },
    async ({ ctx, query }) => {
      const rows = await incidentList(house.db, ctx.brand.id, query.before);
      return paged(
        rows.map((row) => shown(row, ctx.now)),
        (row) => row.id,
      );
    },
  );

  app.post(
    '/staff/incidents',
    { config, schema: { tags, body: given, response: { 201: z.object({ id }) } } },
    async (request, reply) => {
      const { title, happened, categories, effects, remedy, ...body } = request.body;
      const made = await act(house, request, (tx, ctx) =>
        incidentRecord(tx, ctx, {
          ...{ title, happened, categories, effects, remedy },
          fromAt: new Date(body.from_at),
          toAt: body.to_at ? new Date(body.to_at) : null,
          foundAt: new Date(body.found_at),
          customerIds: body.customer_ids,
        }),
      );
      return reply.status(201).send({ id: made });
    },
  );

  app.get(
    '/staff/incidents/:id/people',
    {
      config,
      schema: {
        tags,
        params: byId,
        response: {
          200: z.object({
            items: z.array(
              z.object({ customer_id: id, told_at: instant.nullable(), notice_id: id.nullable() }),
            ),
          }),
        },
      },
    },
    async ({ ctx, params }) => {
      const own = await house.db
        .selectFrom('breaches_incident')
        .select('id')
        .where('id', '=', params.id)
        .where('brand', '=', ctx.brand.id)
        .executeTakeFirst();
      if (!own) throw common['not-found']();
      const rows = await incidentPeople(house.db, params.id);
      return { items: rows.map((row) => ({ ...row, told_at: row.told_at?.toISOString() ?? null })) };
    },
  );

  app.post(
    '/staff/incidents/:id/agreement',
    {
      config,
      schema: {
        tags,
        params: byId,
        body: z.object({ untold_reason: paragraphs(10, 1_000).nullable() }),
        response: done,
      },
    },
    async (request, reply) => {
      const { params, body } = request;
      await act(house, request, (tx, ctx) =>
        incidentAgree(tx, ctx, { id: params.id, untoldReason: body.untold_reason }),
      );
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/incidents/:id/notices',
    { config, schema: { tags, params: byId, response: done } },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => incidentTell(tx, ctx, request.params.id));
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/incidents/:id/authority',
    {
      config,
      schema: {
        tags,
        params: byId,
        body: z.object({ authority: line(2, 200), reference: line(1, 200) }),
        response: done,
      },
    },
    async (request, reply) => {
      await act(house, request, (tx, ctx) =>
        authorityTold(tx, ctx, { id: request.params.id, ...request.body }),
      );
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/incidents/:id/close',
    { config, schema: { tags, params: byId, response: done } },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => incidentClose(tx, ctx, request.params.id));
      return reply.status(204).send(null);
    },
  );
}

function shown(row: Incident, now: Date): z.infer<typeof incident> {
  const over = row.authority_told_at ?? now;
  return {
    id: row.id,
    title: row.title,
    happened: row.happened,
    from_at: row.from_at.toISOString(),
    to_at: row.to_at?.toISOString() ?? null,
    found_at: row.found_at.toISOString(),
    due_at: row.due_at.toISOString(),
    late: over > row.due_at,
    categories: row.categories,
    effects: { zh: row.effects_zh, en: row.effects_en },
    remedy: { zh: row.remedy_zh, en: row.remedy_en },
    all_customers: row.all_customers,
    state: row.state,
    recorded_by: row.recorded_by,
    agreed_by: row.agreed_by,
    untold_reason: row.untold_reason,
    authority: row.authority,
    authority_reference: row.authority_reference,
    authority_told_at: row.authority_told_at?.toISOString() ?? null,
  };
}

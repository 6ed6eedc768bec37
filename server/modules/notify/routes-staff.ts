import { sql } from 'kysely';
import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import {
  type App,
  act,
  actOnce,
  id,
  instant,
  line,
  listOf,
  localized,
  PAGE_SIZE,
  page,
  paged,
} from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { problem } from '#kernel/problem.ts';
import { fromWallClock, nextMidnight } from '#kernel/time.ts';
import { announcementEnd, announcementList, announcementPost } from './announcement.ts';
import { taskList, taskOutcome, taskReveal } from './call-task.ts';
import { noticesEvidence } from './evidence.ts';
import { noticeBounce } from './notice-bounce.ts';
import { announcement, announcementShown, evidence, evidenceShown, ids } from './schemas.ts';
import './tables.ts';

const task = z.object({
  id,
  channel: z.enum(['phone', 'qq', 'wechat']),
  contact: z.string(),
  customer_id: z.string().nullable(),
  notice_id: z.string(),
  kind: z.string(),
  locale: z.enum(['zh', 'en']),
  subject: z.string(),
  body: z.string(),
  created_at: instant,
  tries: z.int(),
});

const text = z.object({ zh: line(1, 4_000), en: line(1, 4_000) });

const posted = z.object({
  kind: z.enum(['maintenance', 'general']),
  title: z.object({ zh: line(1, 200), en: line(1, 200) }),
  body: text,
  /** The last natural day of the brand's zone on which it is shown. */
  until: z.iso.date().nullable(),
});

export function staffRoutes(app: App, house: House): void {
  noticeRoutes(app, house);
  taskRoutes(app, house);
  announcementRoutes(app, house);
}

function noticeRoutes(app: App, house: House): void {
  const tags = ['staff'];

  app.get(
    '/staff/notices',
    {
      config: { access: 'staff', area: 'notices' },
      schema: {
        tags,
        querystring: page.extend({ customer: id.optional(), lost: z.literal('true').optional() }),
        response: { 200: listOf(evidence) },
      },
    },
    async (request) => {
      const { customer, before, lost } = request.query;
      const found = await house.db
        .selectFrom('notify_notice as n')
        .select('n.id')
        .where('n.brand', '=', request.ctx.brand.id)
        .where('n.secret', '=', false)
        .$if(customer !== undefined, (q) => q.where('n.customer_id', '=', customer!))
        .$if(lost === 'true', (q) =>
          q.where(
            'n.id',
            'in',
            sql<string>`(select notice_id from notify_attempt where outcome in ('refused', 'bounced')
              union select notice_id from notify_delivery where state = 'failed')`,
          ),
        )
        .$if(before !== undefined, (q) => q.where('n.id', '<', before!))
        .orderBy('n.id', 'desc')
        .limit(PAGE_SIZE + 1)
        .execute();
      const shown = await noticesEvidence(
        house.db,
        found.map((row) => row.id),
      );
      return paged(shown.map(evidenceShown), (row) => row.id);
    },
  );

  app.get(
    '/staff/notices/evidence',
    {
      config: { access: 'staff', area: 'notices' },
      schema: {
        tags,
        querystring: z.object({ ids }),
        response: { 200: z.object({ items: z.array(evidence) }) },
      },
    },
    async (request) => {
      const found = await noticesEvidence(house.db, request.query.ids);
      return { items: found.filter(({ brand }) => brand === request.ctx.brand.id).map(evidenceShown) };
    },
  );

  app.post(
    '/staff/notices/:id/bounce',
    {
      config: { access: 'staff', area: 'notices' },
      schema: {
        tags,
        params: z.object({ id }),
        body: z.object({ detail: line(1, 300), no_such_mailbox: z.boolean() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { detail, no_such_mailbox: dead } = request.body;
      const given = { noticeId: request.params.id, detail, dead };
      await act(house, request, (tx, ctx) => noticeBounce(tx, ctx, given));
      return reply.status(204).send(null);
    },
  );
}

function taskRoutes(app: App, house: House): void {
  const tags = ['staff'];

  app.get(
    '/staff/call-tasks',
    {
      config: { access: 'staff', area: 'notices' },
      schema: { tags, response: { 200: z.object({ items: z.array(task) }) } },
    },
    async ({ ctx }) => {
      const rows = await taskList(house.db, ctx.brand.id);
      const items = rows.map(({ address, channel, tries, ...row }) => ({
        ...row,
        channel: channel as 'phone',
        contact: address,
        created_at: row.created_at.toISOString(),
        tries: Number(tries ?? 0),
      }));
      return { items };
    },
  );

  app.post(
    '/staff/call-tasks/:id/outcome',
    {
      config: { access: 'staff', area: 'notices' },
      schema: {
        tags,
        params: z.object({ id }),
        body: z.object({
          outcome: z.enum(['reached', 'no-answer', 'wrong-contact']),
          note: line(0, 300),
        }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const given = { id: request.params.id, ...request.body };
      await act(house, request, (tx, ctx) => taskOutcome(tx, ctx, given));
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/call-tasks/:id/reveal',
    {
      config: { access: 'staff', area: 'notices' },
      schema: { tags, params: z.object({ id }), response: { 200: z.object({ contact: z.string() }) } },
    },
    async (request) => {
      const contact = await act(house, request, (tx, ctx) =>
        taskReveal(tx, ctx, house.sealer, request.params.id),
      );
      return { contact };
    },
  );
}

function announcementRoutes(app: App, house: House): void {
  const tags = ['staff'];
  const made = z.object({ id });
  const all = listOf(announcement.extend({ title: localized }));

  app.get(
    '/staff/announcements',
    {
      config: { access: 'staff', area: 'notices' },
      schema: { tags, querystring: page, response: { 200: all } },
    },
    async (request) => {
      const rows = await announcementList(house.db, request.ctx.brand.id, request.query.before);
      return paged(rows.map(announcementShown), (row) => row.id);
    },
  );

  app.post(
    '/staff/announcements',
    { config: { access: 'staff', area: 'notices' }, schema: { tags, body: posted, response: { 201: made } } },
    async (request, reply) => {
      const { kind, title, body, until } = request.body;
      const { brand, now } = request.ctx;
      const end = until === null ? null : nextMidnight(fromWallClock(until, brand.zone)!, brand.zone);
      if (end && end <= now)
        throw problem['invalid-input']({}, { errors: [{ field: 'until', message: 'past' }] });
      return actOnce(house, request, reply, async (tx, ctx) => {
        const announcementId = await announcementPost(tx, ctx, {
          kind,
          dedupe: `staff:${newId()}`,
          title,
          body,
          until: end,
        });
        return { status: 201, body: { id: announcementId } };
      });
    },
  );

  app.post(
    '/staff/announcements/:id/end',
    {
      config: { access: 'staff', area: 'notices' },
      schema: { tags, params: z.object({ id }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => announcementEnd(tx, ctx, request.params.id));
      return reply.status(204).send(null);
    },
  );
}

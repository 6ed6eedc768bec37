import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, customerOf, id, instant, listOf, PAGE_SIZE, page, paged } from '#kernel/http.ts';
import { announcementsShown } from './announcement.ts';
import { requiredBy, TOPIC_NAMES } from './channels.ts';
import { noticesEvidence } from './evidence.ts';
import { inboxList, inboxRead, inboxUnread, preferenceSet, preferences } from './inbox.ts';
import { staffRoutes } from './routes-staff.ts';
import { announcement, announcementShown, evidence, evidenceShown, ids } from './schemas.ts';
import { termsOf } from './terms-ask.ts';
import './tables.ts';

const notice = z.object({
  id,
  kind: z.string(),
  channel: z.string(),
  address: z.string(),
  subject: z.string(),
  body: z.string(),
  state: z.enum(['queued', 'sent', 'failed']),
  created_at: instant,
  sent_at: instant.nullable(),
  read_at: instant.nullable(),
});

const mail = z.object({
  id,
  channel: z.enum(['email', 'sms']),
  from: z.string(),
  to: z.string(),
  subject: z.string(),
  body: z.string(),
  at: instant,
});

const preference = z.object({ topic: z.enum(TOPIC_NAMES), email: z.boolean(), sms: z.boolean() });

/** What the customer's terms ask to be told by which channels; it can't be switched off. */
const required = z.object({ clause: z.string(), channels: z.array(z.string()), kinds: z.array(z.string()) });

export function routes(app: App, house: House): void {
  inboxRoutes(app, house);
  preferenceRoutes(app, house);
  staffRoutes(app, house);

  app.get(
    '/announcements',
    {
      config: { access: 'public' },
      schema: { tags: ['notices'], response: { 200: z.object({ items: z.array(announcement) }) } },
    },
    async ({ ctx }) => {
      const rows = await announcementsShown(house.db, ctx.brand.id, ctx.now);
      return { items: rows.map(announcementShown) };
    },
  );

  app.get(
    '/dev/mailbox',
    { config: { access: 'development' }, schema: { tags: ['development'], response: { 200: listOf(mail) } } },
    async (request) => {
      const rows = await house.db
        .selectFrom('notify_sandbox_mail')
        .selectAll()
        .where('brand', '=', request.ctx.brand.id)
        .orderBy('id', 'desc')
        .limit(PAGE_SIZE + 1)
        .execute();
      return paged(
        rows.map(({ sender, recipient, brand: _, ...row }) => ({
          ...row,
          from: sender,
          to: recipient,
          at: row.at.toISOString(),
        })),
        (row) => row.id,
      );
    },
  );
}

function inboxRoutes(app: App, house: House): void {
  const tags = ['notices'];

  app.get(
    '/notices',
    {
      config: { access: 'customer', area: 'support' },
      schema: { tags, querystring: page, response: { 200: listOf(notice) } },
    },
    async (request) => {
      const rows = await inboxList(house.db, customerOf(request.ctx).customerId, request.query.before);
      const shown = rows.map((row) => ({
        id: row.id,
        kind: row.kind,
        channel: row.channel,
        address: row.channel === 'email' ? row.address : '',
        subject: row.subject,
        body: row.body,
        state: row.state,
        created_at: row.created_at.toISOString(),
        sent_at: row.sent_at?.toISOString() ?? null,
        read_at: row.read_at?.toISOString() ?? null,
      }));
      return paged(shown, (row) => row.id);
    },
  );

  app.get(
    '/notices/unread',
    {
      config: { access: 'customer', area: 'support' },
      schema: { tags, response: { 200: z.object({ unread: z.int() }) } },
    },
    async ({ ctx }) => ({ unread: await inboxUnread(house.db, customerOf(ctx).customerId) }),
  );

  app.post(
    '/notices/read',
    {
      config: { access: 'customer', area: 'support' },
      schema: {
        tags,
        body: z.object({ ids: z.array(id).min(1).max(100).nullable() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { customerId } = customerOf(request.ctx);
      await act(house, request, (tx, ctx) => inboxRead(tx, ctx, customerId, request.body.ids));
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/notices/evidence',
    {
      config: { access: 'customer', area: 'support' },
      schema: {
        tags,
        querystring: z.object({ ids }),
        response: { 200: z.object({ items: z.array(evidence) }) },
      },
    },
    async (request) => {
      const { customerId } = customerOf(request.ctx);
      const found = await noticesEvidence(house.db, request.query.ids);
      const own = found.filter(
        (each) => each.brand === request.ctx.brand.id && (each.customerId === customerId || isPublic(each)),
      );
      return { items: own.map(evidenceShown) };
    },
  );
}

/** An announcement; a notice to nobody's customer (a code) isn't. */
function isPublic({ customerId, ways }: { customerId: string | null; ways: { channel: string }[] }): boolean {
  return customerId === null && ways.length === 1 && ways[0]!.channel === 'site';
}

function preferenceRoutes(app: App, house: House): void {
  const tags = ['notices'];
  const all = z.object({ items: z.array(preference), required: z.array(required) });

  app.get(
    '/account/notice-preferences',
    { config: { access: 'customer', area: 'self' }, schema: { tags, response: { 200: all } } },
    async (request) => {
      const { userId, customerId } = customerOf(request.ctx);
      const terms = await act(house, request, (tx, ctx) => termsOf(tx, ctx, customerId));
      return { items: await preferences(house.db, userId), required: requiredBy(terms) };
    },
  );

  app.put(
    '/account/notice-preferences',
    {
      config: { access: 'customer', area: 'self' },
      schema: {
        tags,
        body: preference.extend({ sms: z.boolean().optional() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { userId } = customerOf(request.ctx);
      await act(house, request, (tx, ctx) => preferenceSet(tx, ctx, { userId, ...request.body }));
      return reply.status(204).send(null);
    },
  );
}

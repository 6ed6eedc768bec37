import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, customerOf, id, instant, listOf, PAGE_SIZE, page, paged } from '#kernel/http.ts';
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
});

const mail = z.object({
  id,
  from: z.string(),
  to: z.string(),
  subject: z.string(),
  body: z.string(),
  at: instant,
});

export function routes(app: App, house: House): void {
  app.get(
    '/notices',
    {
      config: { access: 'customer' },
      schema: { tags: ['notices'], querystring: page, response: { 200: listOf(notice) } },
    },
    async (request) => {
      const { before } = request.query;
      const rows = await house.db
        .selectFrom('notify_notice')
        .select(['id', 'kind', 'channel', 'address', 'subject', 'body', 'state', 'created_at', 'sent_at'])
        .where('customer_id', '=', customerOf(request.ctx).customerId)
        .where('secret', '=', false)
        .$if(before !== undefined, (q) => q.where('id', '<', before!))
        .orderBy('id', 'desc')
        .limit(PAGE_SIZE + 1)
        .execute();
      return paged(
        rows.map((row) => ({
          ...row,
          created_at: row.created_at.toISOString(),
          sent_at: row.sent_at?.toISOString() ?? null,
        })),
        (row) => row.id,
      );
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

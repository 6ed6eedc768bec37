import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, id, instant, line, listOf, PAGE_SIZE, page, paged } from '#kernel/http.ts';
import { fileTake } from './file-take.ts';
import { requestMake } from './request-make.ts';
import { EXPORTED } from './rules.ts';
import './tables.ts';

const kinds = z.array(z.enum(EXPORTED)).min(1).max(EXPORTED.length);

const request = z.object({
  id,
  customer_id: id,
  authority: z.string(),
  document: z.string(),
  article: z.string(),
  case: z.string(),
  kinds,
  from: instant,
  to: instant,
  untold_reason: z.string().nullable(),
  requested_by: id,
  requested_at: instant,
  state: z.enum(['waiting', 'refused', 'ready', 'downloaded', 'lapsed']),
  decided_at: instant.nullable(),
  file_sha256: z.string().nullable(),
  events: z.int().nullable(),
  expires_at: instant.nullable(),
  downloaded_by: id.nullable(),
  downloaded_at: instant.nullable(),
});

/** The zip itself. */
const file: z.ZodType<Buffer | string> = z.string();

export function routes(app: App, house: House): void {
  app.get(
    '/staff/authority-requests',
    {
      config: { access: 'staff', area: 'audit' },
      schema: {
        tags: ['staff'],
        querystring: page.extend({ customer: id.optional() }),
        response: { 200: listOf(request) },
      },
    },
    async ({ ctx, query }) => paged(await requestList(house, ctx.brand.id, query), ({ id }) => id),
  );

  app.post(
    '/staff/customers/:id/authority-requests',
    {
      config: { access: 'staff', area: 'audit' },
      schema: {
        tags: ['staff'],
        description:
          'Asks that an authority be given what is on record; another member of the staff approves it.',
        params: z.object({ id }),
        body: z.strictObject({
          authority: line(2, 200),
          document: line(2, 200),
          article: line(2, 200),
          case: line(2, 40),
          kinds,
          from: instant,
          to: instant,
          /** Why the law forbids to tell the customer; null: it is told when the file is given. */
          untold_reason: line(4, 500).nullable(),
        }),
        response: { 201: z.object({ id }) },
      },
    },
    async (req, reply) => {
      const { from, to, untold_reason, ...rest } = req.body;
      const made = await act(house, req, (tx, ctx) =>
        requestMake(tx, ctx, {
          ...rest,
          customerId: req.params.id,
          from: new Date(from),
          to: new Date(to),
          untoldReason: untold_reason,
        }),
      );
      return reply.status(201).send({ id: made });
    },
  );

  app.post(
    '/staff/authority-requests/:id/file',
    {
      config: { access: 'staff', area: 'audit' },
      schema: {
        tags: ['staff'],
        description: 'The file, once: having it is what is recorded as the disclosure.',
        params: z.object({ id }),
        response: { 200: file },
      },
    },
    async (req, reply) => {
      const zip = await act(house, req, (tx, ctx) => fileTake(tx, ctx, house.sealer, req.params.id));
      return reply
        .type('application/zip')
        .header('cache-control', 'no-store')
        .header('content-disposition', `attachment; filename="${req.params.id}.zip"`)
        .send(zip);
    },
  );
}

async function requestList(
  house: House,
  brand: string,
  { customer, before }: { customer?: string | undefined; before?: string | undefined },
) {
  const rows = await house.db
    .selectFrom('authorities_request')
    .selectAll()
    .where('brand', '=', brand)
    .$if(customer !== undefined, (q) => q.where('customer_id', '=', customer!))
    .$if(before !== undefined, (q) => q.where('id', '<', before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
  return rows.map(({ brand: _, file_sealed: __, span_from, span_to, ...row }) => ({
    ...row,
    kinds: row.kinds as (typeof EXPORTED)[number][],
    from: span_from.toISOString(),
    to: span_to.toISOString(),
    requested_at: row.requested_at.toISOString(),
    decided_at: row.decided_at?.toISOString() ?? null,
    expires_at: row.expires_at?.toISOString() ?? null,
    downloaded_at: row.downloaded_at?.toISOString() ?? null,
  }));
}

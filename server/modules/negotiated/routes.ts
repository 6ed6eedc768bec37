import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import {
  type App,
  act,
  actOnce,
  customerOf,
  id,
  instant,
  line,
  listOf,
  page,
  paged,
  rule,
} from '#kernel/http.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { contractEndAsk } from './contract-end.ts';
import { contractRecord } from './contract-record.ts';
import { type Contract, type ContractFilter, contractFile, contractList } from './contract-row.ts';
import { clauses } from './figures.ts';

/** Files come as base64 in JSON; 4 MB as they are. */
const FILE_BODY = 6 * 1024 * 1024;

const contractShown = z.object({
  id,
  customer_id: z.string(),
  /** Null: for all services of the customer. */
  service_id: z.string().nullable(),
  kind: z.enum(['service-contract', 'attachment']),
  parent_id: z.string().nullable(),
  number: z.string(),
  title: z.string(),
  /** Figures of the terms, in their own words. */
  parameters: z.record(z.string(), z.unknown()),
  clauses: z.array(z.object({ id: z.string(), text: z.string() })),
  /** Natural days, both counted in. */
  valid_from: z.string(),
  valid_to: z.string().nullable(),
  file_name: z.string(),
  sha256: z.string(),
  state: z.enum(['waiting', 'agreed', 'refused', 'ended']),
  recorded_at: instant,
  decided_at: instant.nullable(),
  ended_at: instant.nullable(),
  end_reason: z.string().nullable(),
});

const base64 = z
  .string()
  .max(Math.ceil((4 * 1024 * 1024 * 4) / 3) + 4)
  .refine(
    ...rule<string>((text) => text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text), {
      zh: '文件内容须为 base64',
      en: 'The file has to be base64',
    }),
  );

const wanted = z.object({
  service_id: id.nullish(),
  parent_id: id.nullish(),
  number: line(1, 60),
  title: line(1, 120),
  parameters: z.record(z.string().max(60), z.unknown()),
  clauses,
  valid_from: z.iso.date(),
  valid_to: z.iso.date().nullish(),
  reason: line(1, 500),
  /** The signed paper, PDF or OFD. */
  file: z.object({ name: line(1, 200), content: base64 }).nullish(),
});

const paper = { schema: z.string() };
const fileAnswer = {
  200: { description: 'The signed file', content: { 'application/pdf': paper, 'application/ofd': paper } },
};
const one = z.object({ id });

export function routes(app: App, house: House): void {
  customer(app, house);
  staff(app, house);
}

function customer(app: App, house: House): void {
  const config = { access: 'customer' as const, area: 'people' as const };
  const tags = ['service-contracts'];
  app.get(
    '/service-contracts',
    { config, schema: { tags, querystring: page, response: { 200: listOf(contractShown) } } },
    async ({ ctx, query }) => {
      const filter = { customerId: customerOf(ctx).customerId, agreed: true, before: query.before };
      return paged((await contractList(house.db, ctx.brand.id, filter)).map(shown), (row) => row.id);
    },
  );
  app.get(
    '/service-contracts/:id/file',
    { config, schema: { tags, params: one, response: fileAnswer } },
    async ({ ctx, params }, reply) =>
      sendFile(house, reply, ctx.brand.id, {
        id: params.id,
        customerId: customerOf(ctx).customerId,
        agreed: true,
      }),
  );
}

function staff(app: App, house: House): void {
  const config = { access: 'staff' as const, area: 'terms' as const };
  const tags = ['staff'];
  app.get(
    '/staff/service-contracts',
    {
      config,
      schema: {
        tags,
        querystring: page.extend({ customer: id.optional() }),
        response: { 200: listOf(contractShown) },
      },
    },
    async ({ ctx, query }) => {
      const filter = { customerId: query.customer, before: query.before };
      return paged((await contractList(house.db, ctx.brand.id, filter)).map(shown), (row) => row.id);
    },
  );
  app.get(
    '/staff/service-contracts/:id/file',
    { config, schema: { tags, params: one, response: fileAnswer } },
    async ({ ctx, params }, reply) => sendFile(house, reply, ctx.brand.id, { id: params.id }),
  );
  app.post(
    '/staff/customers/:id/service-contracts',
    {
      config: { ...config, files: 'file.content' },
      bodyLimit: FILE_BODY,
      schema: { tags, params: one, body: wanted, response: { 201: z.object({ id }) } },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { service_id, parent_id, valid_from, valid_to, file, ...rest } = request.body;
        const made = await contractRecord(tx, ctx, {
          ...rest,
          customerId: request.params.id,
          serviceId: service_id ?? null,
          parentId: parent_id ?? null,
          from: valid_from,
          to: valid_to ?? null,
          file: file ? { name: file.name, bytes: Buffer.from(file.content, 'base64') } : null,
        });
        return { status: 201, body: { id: made } };
      }),
  );
  app.post(
    '/staff/service-contracts/:id/end',
    {
      config,
      schema: {
        tags,
        params: one,
        body: z.object({ reason: line(1, 500) }),
        response: { 202: z.object({ approval_id: id }) },
      },
    },
    async (request, reply) => {
      const { reason } = request.body;
      const approval = await act(house, request, (tx, ctx) =>
        contractEndAsk(tx, ctx, { id: request.params.id, reason }),
      );
      return reply.status(202).send({ approval_id: approval });
    },
  );
}

async function sendFile(
  house: House,
  reply: FastifyReply,
  brand: string,
  filter: ContractFilter,
): Promise<FastifyReply> {
  const [found] = await contractList(house.db, brand, filter);
  if (!found) throw kernelProblem['not-found']();
  const ending = found.media_type === 'application/pdf' ? 'pdf' : 'ofd';
  const name = found.number.replace(/[^\w.-]/g, '_');
  return reply
    .type(found.media_type)
    .header('content-disposition', `attachment; filename="${name}.${ending}"`)
    .header('cache-control', 'private, no-store')
    .send(await contractFile(house.db, found.id));
}

function shown(row: Contract): z.infer<typeof contractShown> {
  const { brand: _, media_type: __, recorded_by: ___, layer_id: ____, ...said } = row;
  return {
    ...said,
    recorded_at: row.recorded_at.toISOString(),
    decided_at: row.decided_at?.toISOString() ?? null,
    ended_at: row.ended_at?.toISOString() ?? null,
  };
}

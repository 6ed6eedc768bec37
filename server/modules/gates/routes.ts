import { z } from 'zod';
import { transactReading } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import { type App, act, actOnce, customerOf, id, line, listOf, page, paged, rule } from '#kernel/http.ts';
import { filingAdd, filingWithdraw } from './filing.ts';
import { filingList } from './filing-read.ts';
import { gate, gates } from './gate.ts';
import { staffRoutes } from './routes-staff.ts';
import { ACTS, type Site } from './rules.ts';
import { answerShown, filingShown, KINDS, shown, shownFiling } from './schemas.ts';

/** A host name as people write it; stored in lower case. */
const domain = z
  .string()
  .max(253)
  .trim()
  .refine(
    ...rule<string>(
      (text) => /^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}$/i.test(text),
      {
        zh: '请输入域名，如 example.com；中文域名用 xn-- 形式',
        en: 'Enter a domain such as example.com; others in their xn-- form',
      },
    ),
  );

export function routes(app: App, house: House): void {
  asked(app, house);
  filings(app, house);
  staffRoutes(app, house);
}

function asked(app: App, house: House): void {
  const config = { access: 'customer' as const, area: 'self' as const };
  const tags = ['gates'];
  app.get(
    '/gates',
    { config, schema: { tags, response: { 200: z.object({ items: z.array(answerShown) }) } } },
    async ({ ctx }) => {
      const { customerId } = customerOf(ctx);
      const all = await transactReading(house.db, (tx) => gates(tx, ctx, customerId, ACTS));
      return { items: all.map(({ act, answer }) => ({ act, ...shown(answer) })) };
    },
  );
  app.get(
    '/gates/:act',
    {
      config,
      schema: {
        tags,
        params: z.object({ act: z.enum(ACTS) }),
        /** For `website`: which, and what it needs by its type. */
        querystring: z.object({ domain: domain.optional(), kind: z.enum(KINDS).optional() }),
        response: { 200: answerShown },
      },
    },
    async ({ ctx, params, query }) => {
      const site: Site = {
        domain: query.domain?.toLowerCase() ?? null,
        kinds: query.kind ? [query.kind] : [],
      };
      const { customerId } = customerOf(ctx);
      const asked = { customerId, act: params.act, site };
      const answer = await transactReading(house.db, (tx) => gate(tx, ctx, asked));
      return { act: params.act, ...shown(answer) };
    },
  );
}

function filings(app: App, house: House): void {
  const config = { access: 'customer' as const, area: 'people' as const };
  const tags = ['gates'];
  app.get(
    '/filings',
    { config, schema: { tags, querystring: page, response: { 200: listOf(filingShown) } } },
    async ({ ctx, query }) => {
      const filter = { customerId: customerOf(ctx).customerId, before: query.before };
      return paged((await filingList(house.db, ctx.brand.id, filter)).map(shownFiling), (row) => row.id);
    },
  );
  app.post(
    '/filings',
    {
      config,
      schema: {
        tags,
        body: z.object({
          kind: z.enum(KINDS),
          number: line(4, 60),
          domain: z.string().max(253),
          subject: line(1, 120),
          valid_until: z.iso.date().nullish(),
        }),
        response: { 201: z.object({ id }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { valid_until, ...rest } = request.body;
        return {
          status: 201,
          body: { id: await filingAdd(tx, ctx, { ...rest, validUntil: valid_until ?? null }) },
        };
      }),
  );
  app.delete(
    '/filings/:id',
    { config, schema: { tags, params: z.object({ id }), response: { 204: z.null() } } },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => filingWithdraw(tx, ctx, request.params.id));
      return reply.status(204).send(null);
    },
  );
}

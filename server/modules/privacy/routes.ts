import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, customerOf, id, paragraphs } from '#kernel/http.ts';
import { problem as common } from '#kernel/problem.ts';
import { visitorOf } from '#kernel/visitor.ts';
import { certificateRead, deletionAsk, deletionOpen, deletionWithdraw } from './account-delete.ts';
import { consentPut, consents, limitOf, limitPut } from './consent.ts';
import { copiesOf, copyAsk, copyRead } from './copy.ts';
import { dataCounts, dataOf, OWN_TABLES } from './data-read.ts';
import { obstacles } from './obstacles.ts';
import { personOf } from './person.ts';
import { requestFile, requestsOf } from './request.ts';
import { staffRoutes } from './routes-staff.ts';
import { CONSENTS } from './rules.ts';
import {
  category,
  certificateShown,
  consentShown,
  copyShown,
  obstacleShown,
  receiptShown,
  requestShown,
  rowsShown,
  tableShown,
} from './schemas.ts';
import { shownCertificate, shownRequest, shownRows, shownTable } from './shown.ts';

const config = { access: 'customer' as const, area: 'self' as const, person: true as const };
const tags = ['privacy'];
/** Of each table, on a page. */
const PAGE_ROWS = 50;

export function routes(app: App, house: House): void {
  dataRoutes(app, house);
  copyRoutes(app, house);
  deletionRoutes(app, house);
  staffRoutes(app, house);

  app.get(
    '/account/privacy/requests',
    { config, schema: { tags, response: { 200: z.object({ items: z.array(requestShown) }) } } },
    async ({ ctx }) => {
      const rows = await requestsOf(house.db, customerOf(ctx).userId);
      return { items: rows.map((row) => shownRequest(house.sealer, row)) };
    },
  );

  app.post(
    '/account/privacy/requests',
    {
      config,
      schema: {
        tags,
        body: z.object({ kind: z.enum(['correct', 'other']), text: paragraphs(5, 2_000) }),
        response: { 201: z.object({ id }) },
      },
    },
    async (request, reply) => {
      await house.ports.throttles.account.spend(`privacy:${customerOf(request.ctx).userId}`);
      const made = await act(house, request, (tx, ctx) => requestFile(tx, ctx, house.sealer, request.body));
      return reply.status(201).send({ id: made });
    },
  );
}

function dataRoutes(app: App, house: House): void {
  app.get(
    '/account/privacy',
    {
      config,
      schema: {
        tags,
        response: {
          200: z.object({
            tables: z.array(tableShown),
            consents: z.array(consentShown),
            limited_since: z.string().nullable(),
          }),
        },
      },
    },
    async ({ ctx }) => {
      const who = customerOf(ctx);
      const counts = await dataCounts(house.db, await personOf(house.db, house.sealer, who));
      const given = await consents(house.db, who.userId);
      return {
        tables: OWN_TABLES.flatMap((table) => {
          const rows = counts.get(table.table);
          return rows === undefined ? [] : [shownTable(table, rows)];
        }),
        consents: given.map((each) => ({ ...each, since: each.since?.toISOString() ?? null })),
        limited_since: (await limitOf(house.db, who.userId))?.toISOString() ?? null,
      };
    },
  );

  app.get(
    '/account/privacy/data/:category',
    {
      config,
      schema: {
        tags,
        params: z.object({ category }),
        response: { 200: z.object({ items: z.array(rowsShown) }) },
      },
    },
    async ({ ctx, params }) => {
      const person = await personOf(house.db, house.sealer, customerOf(ctx));
      const shown = await dataOf(house.db, house.sealer, person, { ...params, limit: PAGE_ROWS });
      return { items: shown.map(shownRows) };
    },
  );

  app.put(
    '/account/privacy/consents',
    {
      config,
      schema: {
        tags,
        body: z.object({ purpose: z.enum(CONSENTS), given: z.boolean() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => consentPut(tx, ctx, request.body));
      return reply.status(204).send(null);
    },
  );

  app.put(
    '/account/privacy/limit',
    { config, schema: { tags, body: z.object({ limited: z.boolean() }), response: { 204: z.null() } } },
    async (request, reply) => {
      const { limited } = request.body;
      await act(house, request, async (tx, ctx) => {
        await limitPut(tx, ctx, limited);
        if (limited) await requestFile(tx, ctx, house.sealer, { kind: 'restrict', text: null, done: true });
      });
      return reply.status(204).send(null);
    },
  );
}

function copyRoutes(app: App, house: House): void {
  app.get(
    '/account/privacy/copies',
    { config, schema: { tags, response: { 200: z.object({ items: z.array(copyShown) }) } } },
    async ({ ctx }) => {
      const rows = await copiesOf(house.db, customerOf(ctx).userId);
      const items = rows.map(({ id: copyId, state, made_at, expires_at }) => ({
        id: copyId,
        state,
        made_at: made_at?.toISOString() ?? null,
        expires_at: expires_at.toISOString(),
      }));
      return { items };
    },
  );

  app.post(
    '/account/privacy/copies',
    { config, schema: { tags, response: { 202: z.object({ id }) } } },
    async (request, reply) => {
      const made = await act(house, request, (tx, ctx) => copyAsk(tx, ctx, house.sealer));
      return reply.status(202).send({ id: made });
    },
  );

  app.get(
    '/account/privacy/copies/:id/:form',
    {
      config,
      schema: {
        tags,
        params: z.object({ id, form: z.enum(['json', 'html']) }),
        response: { 200: z.string() },
      },
    },
    async ({ ctx, params }, reply) => {
      const text = await copyRead(house.db, ctx, house.sealer, params);
      const type = params.form === 'json' ? 'application/json' : 'text/html';
      // A file to keep: nothing in it runs on this site.
      return reply
        .header('content-type', `${type}; charset=utf-8`)
        .header('content-disposition', `attachment; filename="personal-data.${params.form}"`)
        .header('cache-control', 'no-store')
        .serializer((body: unknown) => body as string)
        .send(text);
    },
  );
}

function deletionRoutes(app: App, house: House): void {
  app.get(
    '/account/privacy/deletion',
    {
      config,
      schema: {
        tags,
        response: {
          200: z.object({ obstacles: z.array(obstacleShown), asked: requestShown.nullable() }),
        },
      },
    },
    async ({ ctx }) => {
      const who = customerOf(ctx);
      const asked = await deletionOpen(house.db, who.userId);
      return {
        obstacles: await obstacles(house.db, ctx.brand, who),
        asked: asked ? shownRequest(house.sealer, asked) : null,
      };
    },
  );

  app.post(
    '/account/privacy/deletion',
    { config, schema: { tags, response: { 202: receiptShown } } },
    async (request, reply) => {
      const { actAt, ...receipt } = await act(house, request, (tx, ctx) =>
        deletionAsk(tx, ctx, house.sealer),
      );
      return reply.status(202).send({ ...receipt, act_at: actAt.toISOString() });
    },
  );

  app.delete(
    '/account/privacy/deletion',
    { config, schema: { tags, response: { 204: z.null() } } },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => deletionWithdraw(tx, ctx));
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/privacy/certificates',
    {
      config: { access: 'public' },
      schema: {
        tags,
        body: z.object({ number: z.string().max(60), code: z.string().max(60) }),
        response: { 200: certificateShown },
      },
    },
    async ({ ctx, ip, body }) => {
      await house.ports.throttles.visitor.spend(`certificate:${visitorOf(ip)}`);
      const row = await certificateRead(house.db, ctx.brand.id, body.number, body.code);
      if (!row) throw common['not-found']();
      return shownCertificate(row);
    },
  );
}

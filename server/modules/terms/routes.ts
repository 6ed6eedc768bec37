import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, customerOf, id, instant, listOf, localized } from '#kernel/http.ts';
import { parameters } from './parameters.ts';
import { termsAccept } from './terms-accept.ts';
import { termsCurrent } from './terms-read.ts';
import './tables.ts';

const highlight = z.object({ id: z.string(), clause: z.string(), title: localized, text: localized });
const clause = z.object({ id: z.string(), kind: z.string(), title: localized, text: localized });
const terms = z.object({
  id,
  version: z.string(),
  sha256: z.string(),
  title: localized,
  published_on: z.string(),
  highlights: z.array(highlight),
  clauses: z.array(clause),
  /** The figures by which the software acts, each with its clause. */
  parameters,
});
const acceptance = z.object({
  id,
  version: z.string(),
  sha256: z.string(),
  highlights: z.array(z.string()),
  at: instant,
  ip: z.string().nullable(),
});

export function routes(app: App, house: House): void {
  app.get(
    '/terms',
    { config: { access: 'public' }, schema: { tags: ['terms'], response: { 200: terms } } },
    async (request) => {
      const { id, version, sha256, document } = await termsCurrent(
        house.db,
        request.ctx.brand.id,
        request.ctx.now,
      );
      return { id, sha256, published_on: version, ...document };
    },
  );

  app.post(
    '/terms/acceptances',
    {
      config: { access: 'customer' },
      schema: {
        tags: ['terms'],
        body: z.object({
          version_id: id,
          sha256: z.string().length(64),
          highlights: z.array(z.string().max(40)).max(20),
        }),
        response: { 201: z.object({ id, at: instant }) },
      },
    },
    async (request, reply) => {
      const { version_id: versionId, sha256, highlights } = request.body;
      const made = await act(house, request, (tx, ctx) =>
        termsAccept(tx, ctx, { versionId, sha256, highlights }),
      );
      return reply.status(201).send({ id: made.id, at: made.at.toISOString() });
    },
  );

  app.get(
    '/terms/acceptances',
    { config: { access: 'customer' }, schema: { tags: ['terms'], response: { 200: listOf(acceptance) } } },
    async (request) => {
      const rows = await house.db
        .selectFrom('terms_acceptance as a')
        .innerJoin('terms_version as v', 'v.id', 'a.version_id')
        .select(['a.id', 'v.version', 'a.sha256', 'a.highlights', 'a.at', 'a.ip'])
        .where('a.customer_id', '=', customerOf(request.ctx).customerId)
        .orderBy('a.at', 'desc')
        .limit(100)
        .execute();
      return { items: rows.map((row) => ({ ...row, at: row.at.toISOString() })), next: null };
    },
  );
}

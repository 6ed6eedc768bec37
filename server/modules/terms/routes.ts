import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, customerOf, id, instant, listOf, localized } from '#kernel/http.ts';
import { problem as common } from '#kernel/problem.ts';
import { parameters } from '#modules/figures/index.ts';
import { acceptanceList, acceptanceShown, shownAcceptance } from './acceptance-list.ts';
import { revisionList } from './revision-read.ts';
import { termsAccept } from './terms-accept.ts';
import { type TermsVersion, termsCurrent, versionNewest } from './terms-read.ts';
import './tables.ts';

const highlight = z.object({ id: z.string(), clause: z.string(), title: localized, text: localized });
const clause = z.object({ id: z.string(), kind: z.string(), title: localized, text: localized });
const terms = z.object({
  id,
  version: z.string(),
  sha256: z.string(),
  title: localized,
  published_on: z.string(),
  announced_at: instant,
  effective_at: instant,
  highlights: z.array(highlight),
  clauses: z.array(clause),
  /** The figures by which the software acts, each with its clause. */
  parameters,
});
const tags = ['terms'];
const customer = { access: 'customer' as const, area: 'people' as const };
const open = { access: 'public' as const };

export function routes(app: App, house: House): void {
  texts(app, house);
  acceptances(app, house);
}

function texts(app: App, house: House): void {
  const shown = async ({ id, brand, version, sha256, document }: TermsVersion) => {
    const revision = (await revisionList(house.db, brand)).find((one) => one.version === version)!;
    return {
      ...document,
      id,
      sha256,
      published_on: version,
      announced_at: revision.announced_at.toISOString(),
      effective_at: revision.effective_at.toISOString(),
    };
  };

  app.get('/terms', { config: open, schema: { tags, response: { 200: terms } } }, async ({ ctx }) =>
    shown(await termsCurrent(house.db, ctx.brand.id, ctx.now)),
  );

  app.get(
    '/terms/versions/:version',
    {
      config: open,
      schema: { tags, params: z.object({ version: z.string().max(10) }), response: { 200: terms } },
    },
    async ({ ctx, params }) => {
      const version = await versionNewest(house.db, ctx.brand.id, params.version);
      if (!version) throw common['not-found']();
      return shown(version);
    },
  );
}

function acceptances(app: App, house: House): void {
  app.post(
    '/terms/acceptances',
    {
      config: customer,
      schema: {
        tags,
        body: z.object({
          version_id: id,
          sha256: z.string().length(64),
          highlights: z.array(z.string().max(40)).max(20),
          /** Where it was confirmed; a page of its own when nothing is said. */
          method: z.enum(['click', 'register', 'purchase']).optional(),
        }),
        response: { 201: z.object({ id, at: instant }) },
      },
    },
    async (request, reply) => {
      const { version_id: versionId, sha256, highlights, method } = request.body;
      const made = await act(house, request, (tx, ctx) =>
        termsAccept(tx, ctx, { versionId, sha256, highlights, method }),
      );
      return reply.status(201).send({ id: made.id, at: made.at.toISOString() });
    },
  );

  app.get(
    '/terms/acceptances',
    { config: customer, schema: { tags, response: { 200: listOf(acceptanceShown) } } },
    async ({ ctx }) => {
      const rows = await acceptanceList(house.db, ctx.brand.id, customerOf(ctx).customerId);
      return { items: rows.map(shownAcceptance), next: null };
    },
  );
}

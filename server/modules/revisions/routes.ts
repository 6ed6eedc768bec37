import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, customerOf, id, instant } from '#kernel/http.ts';
import { acceptanceFile } from '#modules/terms/index.ts';
import { disagreementOpen, disagreementWithdraw, termsDisagree } from './disagreement.ts';
import { revisionShown, revisionsShown } from './revision-show.ts';
import { recordPaper, staffRoutes } from './routes-staff.ts';
import { problem } from './rules.ts';
import { signedAnswer, signedSend } from './signed-reply.ts';

const tags = ['terms'];
const customer = { access: 'customer' as const, area: 'people' as const };
const open = { access: 'public' as const };

export function routes(app: App, house: House): void {
  records(app, house);
  disagreements(app, house);
  staffRoutes(app, house);
}

function records(app: App, house: House): void {
  app.get(
    '/terms/revisions',
    { config: open, schema: { tags, response: { 200: z.object({ items: z.array(revisionShown) }) } } },
    async ({ ctx }) => ({ items: await revisionsShown(house.db, ctx) }),
  );

  app.get(
    '/terms/acceptances/pdf',
    { config: customer, schema: { tags, response: signedAnswer } },
    async ({ ctx }, reply) => recordPaper(house, ctx, reply, customerOf(ctx).customerId),
  );

  app.get(
    '/terms/acceptances/:id/file',
    { config: customer, schema: { tags, params: z.object({ id }), response: signedAnswer } },
    async ({ ctx, params }, reply) => {
      const of = { customerId: customerOf(ctx).customerId, acceptanceId: params.id };
      return signedSend(reply, await acceptanceFile(house.db, ctx.brand.id, of));
    },
  );
}

function disagreements(app: App, house: House): void {
  app.post(
    '/terms/disagreement',
    {
      config: customer,
      schema: {
        tags,
        response: { 201: z.object({ id, version: z.string(), end_at: instant, clause: z.string() }) },
      },
    },
    async (request, reply) => {
      const made = await act(house, request, termsDisagree);
      return reply.status(201).send({
        id: made.id,
        version: made.version,
        end_at: made.end_at.toISOString(),
        clause: made.clause_id,
      });
    },
  );

  app.delete(
    '/terms/disagreement',
    { config: customer, schema: { tags, response: { 204: z.null() } } },
    async (request, reply) => {
      await act(house, request, async (tx, ctx) => {
        const standing = await disagreementOpen(tx, customerOf(ctx).customerId);
        // Due already, and the sweep is only late: it is over.
        if (!standing || standing.end_at <= ctx.now) throw problem['disagreement-over']();
        await disagreementWithdraw(tx, ctx, standing);
      });
      return reply.status(204).send(null);
    },
  );
}

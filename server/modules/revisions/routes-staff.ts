import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { House } from '#kernel/house.ts';
import { type App, actOnce, id, instant, line, listOf, page, paged } from '#kernel/http.ts';
import { printPaper } from '#kernel/paper.ts';
import { problem as common } from '#kernel/problem.ts';
import { customerFind } from '#modules/identity/index.ts';
import { acceptanceFile, acceptanceList, acceptanceShown, shownAcceptance } from '#modules/terms/index.ts';
import { acceptanceByStaff } from './acceptance-by-staff.ts';
import { acceptancePaper } from './acceptance-paper.ts';
import { disagreementsOf } from './disagreement.ts';
import { disagreementList } from './disagreement-list.ts';
import { revisionCounts } from './revision-counts.ts';
import { SIGNED_BODY } from './signed-file.ts';
import { signedAnswer, signedSend } from './signed-reply.ts';

const config = { access: 'staff' as const, area: 'terms' as const };
const tags = ['staff'];
const one = z.object({ id });

const byStaff = z.discriminatedUnion('method', [
  /** `file`: a scan, PDF, PNG or JPEG, in base64. */
  z.object({ method: z.literal('signed-paper'), file: z.string().min(8).max(SIGNED_BODY) }),
  z.object({ method: z.literal('other-agreed'), words: line(10, 500) }),
]);

export function staffRoutes(app: App, house: House): void {
  revisions(app, house);

  app.get(
    '/staff/customers/:id/acceptances',
    { config, schema: { tags, params: one, response: { 200: listOf(acceptanceShown) } } },
    async ({ ctx, params }) => {
      const { id: customerId } = await known(house, ctx, params.id);
      const rows = await acceptanceList(house.db, ctx.brand.id, customerId);
      return { items: rows.map(shownAcceptance), next: null };
    },
  );

  app.post(
    '/staff/customers/:id/acceptances',
    {
      config: { ...config, files: 'file' },
      bodyLimit: SIGNED_BODY,
      schema: { tags, params: one, body: byStaff, response: { 201: z.object({ id }) } },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const made = await acceptanceByStaff(tx, ctx, { customerId: request.params.id, ...request.body });
        return { status: 201, body: { id: made } };
      }),
  );

  app.get(
    '/staff/customers/:id/acceptances/pdf',
    { config, schema: { tags, params: one, response: signedAnswer } },
    async ({ ctx, params }, reply) => recordPaper(house, ctx, reply, (await known(house, ctx, params.id)).id),
  );

  app.get(
    '/staff/customers/:id/acceptances/:part_id/file',
    { config, schema: { tags, params: one.extend({ part_id: id }), response: signedAnswer } },
    async ({ ctx, params }, reply) => {
      const of = { customerId: params.id, acceptanceId: params.part_id };
      return signedSend(reply, await acceptanceFile(house.db, ctx.brand.id, of));
    },
  );
}

function revisions(app: App, house: House): void {
  const counted = z.object({
    version: z.string(),
    announced_at: instant,
    effective_at: instant,
    in_force: z.boolean(),
    replaces: z.string().nullable(),
    /** Customers whose newest acceptance is of this version: confirmed, or by use. */
    confirmed: z.number().int(),
    by_use: z.number().int(),
    disagree: z.number().int(),
  });
  app.get(
    '/staff/terms/revisions',
    { config, schema: { tags, response: { 200: z.object({ items: z.array(counted) }) } } },
    async ({ ctx }) => ({ items: await revisionCounts(house.db, ctx) }),
  );

  const disagreement = z.object({
    id,
    customer_id: id,
    /** By what its owner is known: a mailbox, or the ends of a phone. */
    email: z.string(),
    version: z.string(),
    clause: z.string(),
    promises: z.array(z.string()),
    at: instant,
    end_at: instant,
    state: z.enum(['open', 'withdrawn', 'done']),
    decided_at: instant.nullable(),
  });
  app.get(
    '/staff/terms/disagreements',
    { config, schema: { tags, querystring: page, response: { 200: listOf(disagreement) } } },
    async ({ ctx, query }) => {
      const rows = await disagreementList(house.db, ctx.brand.id, { before: query.before });
      return paged(rows, (row) => row.id);
    },
  );
}

async function known(house: House, ctx: Ctx, customerId: string) {
  const customer = await customerFind(house.db, ctx.brand.id, customerId);
  if (!customer) throw common['not-found']();
  return customer;
}

/** A customer's history of acceptances as a paper, in the reader's language. */
export async function recordPaper(
  house: House,
  ctx: Ctx,
  reply: FastifyReply,
  customerId: string,
): Promise<FastifyReply> {
  const customer = await known(house, ctx, customerId);
  const history = {
    acceptances: await acceptanceList(house.db, ctx.brand.id, customer.id),
    disagreements: await disagreementsOf(house.db, customer.id),
  };
  const bytes = await printPaper(acceptancePaper(ctx.brand, customer, history, ctx.locale));
  return signedSend(reply, { id: customer.id.slice(0, 8), media_type: 'application/pdf', bytes });
}

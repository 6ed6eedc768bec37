import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { House } from '#kernel/house.ts';
import { type App, act, actOnce, customerOf, id, instant, line, listOf, page, paged } from '#kernel/http.ts';
import { problem } from '#kernel/problem.ts';
import { visitorOf } from '#kernel/visitor.ts';
import { FILE_BODY, sendKept, uploaded } from '#modules/documents/index.ts';
import { pdfAnswer } from '#modules/invoicing/index.ts';
import { contractDecide } from './contract-decide.ts';
import { contractList, contractShown, shownContract } from './contract-read.ts';
import { contractRequest } from './contract-request.ts';
import { contractVerify } from './contract-verify.ts';
import '#kernel/paper-signer.ts';

const one = z.object({ id });
const made = z.object({ id });
const config = { access: 'customer' as const, area: 'money' as const };
const forStaff = { access: 'staff' as const, area: 'money' as const };
const tags = ['documents'];

export function routes(app: App, house: House): void {
  customer(app, house);
  verification(app, house);
  staff(app, house);
}

function customer(app: App, house: House): void {
  const own = async (ctx: Ctx, contractId: string) => {
    const filter = { customerId: customerOf(ctx).customerId, id: contractId };
    const [row] = await contractList(house.db, ctx.brand.id, filter);
    if (!row) throw problem['not-found']();
    return row;
  };

  app.get(
    '/contracts',
    { config, schema: { tags, querystring: page, response: { 200: listOf(contractShown) } } },
    async ({ ctx, query }) => {
      const filter = { customerId: customerOf(ctx).customerId, before: query.before };
      return paged((await contractList(house.db, ctx.brand.id, filter)).map(shownContract), (row) => row.id);
    },
  );

  app.post(
    '/contracts',
    { config, schema: { tags, body: z.object({ invoice_id: id, title_id: id }), response: { 201: made } } },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { customerId } = customerOf(ctx);
        const { invoice_id: invoiceId, title_id: titleId } = request.body;
        return {
          status: 201,
          body: { id: await contractRequest(tx, ctx, { customerId, invoiceId, titleId }) },
        };
      }),
  );

  app.get(
    '/contracts/:id',
    { config, schema: { tags, params: one, response: { 200: contractShown } } },
    async ({ ctx, params }) => shownContract(await own(ctx, params.id)),
  );

  app.get(
    '/contracts/:id/pdf',
    { config, schema: { tags, params: one, response: pdfAnswer } },
    async ({ ctx, params }, reply) => sendKept(house, reply, await own(ctx, params.id), 'invoice'),
  );
}

function verification(app: App, house: House): void {
  app.post(
    '/contracts/verify',
    {
      config: { access: 'public', files: 'file' },
      bodyLimit: FILE_BODY,
      schema: {
        tags,
        body: z.object({ file: uploaded }),
        response: {
          200: z.object({
            genuine: z.boolean(),
            why: z.enum(['unsigned', 'altered', 'added-to', 'unreadable', 'foreign-certificate']).nullable(),
            signer: z.string().nullable(),
            certificate: z.string().nullable(),
            signed_at: instant.nullable(),
            number: z.string().nullable(),
          }),
        },
      },
    },
    async (request) => {
      await house.ports.throttles.visitor.spend(`contract-verify:${visitorOf(request.ip)}`);
      const verdict = await contractVerify(house.db, house.ports.signer, request.body.file);
      const { genuine, why, signer, certificate, signedAt, number } = verdict;
      return { genuine, why, signer, certificate, signed_at: signedAt?.toISOString() ?? null, number };
    },
  );
}

/** Staff see all contracts of the brand, and approve or refuse those that wait. */
function staff(app: App, house: House): void {
  app.get(
    '/staff/contracts',
    {
      config: forStaff,
      schema: {
        tags: ['staff'],
        querystring: page.extend({ state: contractShown.shape.state.optional() }),
        response: { 200: listOf(contractShown) },
      },
    },
    async ({ ctx, query }) =>
      paged((await contractList(house.db, ctx.brand.id, query)).map(shownContract), (row) => row.id),
  );

  app.get(
    '/staff/contracts/:id/pdf',
    { config: forStaff, schema: { tags: ['staff'], params: one, response: pdfAnswer } },
    async ({ ctx, params }, reply) => {
      const [row] = await contractList(house.db, ctx.brand.id, { id: params.id });
      if (!row) throw problem['not-found']();
      return sendKept(house, reply, row, 'invoice');
    },
  );

  app.post(
    '/staff/contracts/:id/approve',
    { config: forStaff, schema: { tags: ['staff'], params: one, response: { 204: z.null() } } },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => contractDecide(tx, ctx, request.params.id, { approve: true }));
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/contracts/:id/refuse',
    {
      config: forStaff,
      schema: {
        tags: ['staff'],
        params: one,
        body: z.object({ reason: line(2, 200) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { reason } = request.body;
      await act(house, request, (tx, ctx) =>
        contractDecide(tx, ctx, request.params.id, { approve: false, reason }),
      );
      return reply.status(204).send(null);
    },
  );
}

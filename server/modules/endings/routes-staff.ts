import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import { type App, act, actOnce, amountIn, id, instant, line } from '#kernel/http.ts';
import { parseYuan } from '#kernel/money.ts';
import { printPaper } from '#kernel/paper.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { pdfAnswer, sendPdf } from '#modules/invoicing/index.ts';
import { type Service, serviceInBrand } from '#modules/lifecycle/index.ts';
import { breachAsk } from './breach.ts';
import { certificatePaper } from './certificate-paper.ts';
import { certificateOf } from './certificate-read.ts';
import { endingAnnounce } from './ending-announce.ts';
import { lifeOf, lifeShown } from './life-read.ts';
import { proposalMake, proposalWithdraw } from './proposal.ts';

const params = z.object({ id });
const tags = ['staff'];
const why = line(1, 200);

export function staffRoutes(app: App, house: House): void {
  app.get(
    '/staff/services/:id/life',
    { config: { access: 'staff', area: 'services' }, schema: { tags, params, response: { 200: lifeShown } } },
    async ({ ctx, params: { id: serviceId } }) =>
      lifeOf(house.db, ctx, await anyone(house.db, ctx, serviceId)),
  );

  app.get(
    '/staff/services/:id/certificate',
    { config: { access: 'staff', area: 'services' }, schema: { tags, params, response: pdfAnswer } },
    async ({ ctx, params: { id: serviceId } }, reply) => {
      const service = await anyone(house.db, ctx, serviceId);
      const certificate = await certificateOf(house.db, service.id);
      if (!certificate) throw kernelProblem['not-found']();
      return sendPdf(reply, certificate.number, await printPaper(certificatePaper(certificate, ctx.locale)));
    },
  );

  app.post(
    '/staff/services/:id/end',
    {
      config: { access: 'staff', area: 'services' },
      schema: {
        tags,
        params,
        body: z.object({ reason: why }),
        response: { 201: z.object({ ends_at: instant }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const service = await anyone(tx, ctx, request.params.id);
        const ends = await endingAnnounce(tx, ctx, { serviceId: service.id, reason: request.body.reason });
        return { status: 201, body: { ends_at: ends.toISOString() } };
      }),
  );

  app.post(
    '/staff/services/:id/breach',
    {
      config: { access: 'staff', area: 'services' },
      schema: {
        tags,
        params,
        body: z.object({ reason: why }),
        response: { 201: z.object({ approval: id }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const service = await anyone(tx, ctx, request.params.id);
        const approval = await breachAsk(tx, ctx, { serviceId: service.id, reason: request.body.reason });
        return { status: 201, body: { approval } };
      }),
  );

  app.post(
    '/staff/services/:id/end-proposals',
    {
      config: { access: 'staff', area: 'services' },
      schema: {
        tags,
        params,
        /** Nothing may go back, where both sides agree on that. */
        body: z.object({ refund: z.union([z.literal('0'), amountIn]), reason: why }),
        response: { 201: z.object({ id }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const service = await anyone(tx, ctx, request.params.id);
        const { refund, reason } = request.body;
        const wanted = { serviceId: service.id, refund: parseYuan(refund), reason };
        const proposal = await proposalMake(tx, ctx, wanted);
        return { status: 201, body: { id: proposal } };
      }),
  );

  app.delete(
    '/staff/services/:id/end-proposals/:proposal',
    {
      config: { access: 'staff', area: 'services' },
      schema: { tags, params: params.extend({ proposal: id }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      await act(house, request, async (tx, ctx) => {
        const service = await anyone(tx, ctx, request.params.id);
        await proposalWithdraw(tx, ctx, { service, proposalId: request.params.proposal });
      });
      return reply.status(204).send(null);
    },
  );
}

async function anyone(db: Db | Tx, ctx: Ctx, serviceId: string): Promise<Service> {
  const service = await serviceInBrand(db, ctx, serviceId);
  if (!service) throw kernelProblem['not-found']();
  return service;
}

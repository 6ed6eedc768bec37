import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import { type App, act, actOnce, amountOut, customerOf, id, instant } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { printPaper } from '#kernel/paper.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { pdfAnswer, sendPdf } from '#modules/invoicing/index.ts';
import { readOutOpen, type Service, serviceFind } from '#modules/lifecycle/index.ts';
import { certificatePaper } from './certificate-paper.ts';
import { certificateOf } from './certificate-read.ts';
import { lifeOf, lifeShown } from './life-read.ts';
import { proposalDecide } from './proposal.ts';
import { staffRoutes } from './routes-staff.ts';

const params = z.object({ id });
const tags = ['services'];

export function routes(app: App, house: House): void {
  app.get(
    '/services/:id/life',
    {
      config: { access: 'customer', area: 'services' },
      schema: { tags, params, response: { 200: lifeShown } },
    },
    async ({ ctx, params: { id: serviceId } }) => lifeOf(house.db, ctx, await own(house.db, ctx, serviceId)),
  );

  app.get(
    '/services/:id/certificate',
    { config: { access: 'customer', area: 'services' }, schema: { tags, params, response: pdfAnswer } },
    async ({ ctx, params: { id: serviceId } }, reply) => {
      const service = await own(house.db, ctx, serviceId);
      const certificate = await certificateOf(house.db, service.id);
      if (!certificate) throw kernelProblem['not-found']();
      return sendPdf(reply, certificate.number, await printPaper(certificatePaper(certificate, ctx.locale)));
    },
  );

  app.post(
    '/services/:id/end-proposals/:proposal',
    {
      config: { access: 'customer', area: 'services', behalf: false },
      schema: {
        tags,
        params: params.extend({ proposal: id }),
        body: z.object({ accept: z.boolean() }),
        response: { 201: z.object({ refunded: amountOut }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const service = await own(tx, ctx, request.params.id);
        const answer = { service, proposalId: request.params.proposal, accept: request.body.accept };
        return { status: 201, body: { refunded: formatYuan(await proposalDecide(tx, ctx, answer)) } };
      }),
  );

  app.post(
    '/services/:id/read-out',
    {
      config: { access: 'customer', area: 'services', behalf: false },
      schema: { tags, params, response: { 200: z.object({ until: instant }) } },
    },
    (request) =>
      act(house, request, async (tx, ctx) => {
        const service = await own(tx, ctx, request.params.id);
        return { until: (await readOutOpen(tx, ctx, service.id)).toISOString() };
      }),
  );

  staffRoutes(app, house);
}

async function own(db: Db | Tx, ctx: Ctx, serviceId: string): Promise<Service> {
  const service = await serviceFind(db, ctx, customerOf(ctx).customerId, serviceId);
  if (!service) throw kernelProblem['not-found']();
  return service;
}

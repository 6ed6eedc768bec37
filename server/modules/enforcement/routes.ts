import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import {
  type App,
  act,
  actOnce,
  customerOf,
  id,
  line,
  listOf,
  page,
  paged,
  paragraphs,
} from '#kernel/http.ts';
import { problem as common } from '#kernel/problem.ts';
import { visitorOf } from '#kernel/visitor.ts';
import { termsCurrent } from '#modules/terms/index.ts';
import { appealFile } from './appeal.ts';
import { caseList, caseWhole } from './case-row.ts';
import { inquiryAnswer } from './inquiry.ts';
import { reportFile } from './report.ts';
import { reportRoutes } from './routes-reports.ts';
import { staffRoutes } from './routes-staff.ts';
import { categoryOf, problem } from './rules.ts';
import { caseOwnShown, caseShown, shownCase, shownOwn } from './shown.ts';

/** What anybody may report, and what a customer sees and says of its own cases. */
export function routes(app: App, house: House): void {
  staffRoutes(app, house);
  reportRoutes(app, house);

  app.post(
    '/reports',
    {
      config: { access: 'public', botCheck: true },
      schema: {
        tags: ['enforcement'],
        body: z.object({
          about: line(3, 300),
          category: line(1, 20),
          text: paragraphs(10, 4_000),
          reporter: z.email().max(254),
        }),
        response: { 201: z.object({ id }) },
      },
    },
    async (request, reply) => {
      await house.ports.throttles.visitor.spend(`report:${visitorOf(request.ip)}`);
      const { parameters } = (await termsCurrent(house.db, request.ctx.brand.id, request.ctx.now)).document;
      const { enforcement } = parameters;
      if (!categoryOf(enforcement, request.body.category))
        throw problem['case-not-in-terms']({
          categories: (enforcement?.categories ?? []).map((category) => category.id).join(', '),
        });
      const made = await act(house, request, (tx, ctx) => reportFile(tx, ctx, house.sealer, request.body));
      return reply.status(201).send({ id: made });
    },
  );

  app.get(
    '/cases',
    {
      config: { access: 'customer', area: 'support' },
      schema: { tags: ['enforcement'], querystring: page, response: { 200: listOf(caseShown) } },
    },
    async (request) => {
      const { customerId } = customerOf(request.ctx);
      const { before } = request.query;
      const rows = await caseList(house.db, request.ctx.brand.id, { customerId, before });
      return paged(rows.map(shownCase), (row) => row.id);
    },
  );

  app.get(
    '/cases/:id',
    {
      config: { access: 'customer', area: 'support' },
      schema: { tags: ['enforcement'], params: z.object({ id }), response: { 200: caseOwnShown } },
    },
    async (request) => {
      const { customerId } = customerOf(request.ctx);
      const whole = await caseWhole(house.db, request.ctx.brand.id, request.params.id, customerId);
      if (!whole) throw common['not-found']();
      return shownOwn(whole);
    },
  );

  app.post(
    '/cases/:id/appeal',
    {
      config: { access: 'customer', area: 'support' },
      schema: {
        tags: ['enforcement'],
        params: z.object({ id }),
        body: z.object({ text: paragraphs(1, 4_000) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { text } = request.body;
      await act(house, request, (tx, ctx) => appealFile(tx, ctx, { caseId: request.params.id, text }));
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/inquiries/:id/answer',
    {
      config: { access: 'customer', area: 'support' },
      schema: {
        tags: ['enforcement'],
        params: z.object({ id }),
        body: z.object({ answer: paragraphs(1, 4_000) }),
        response: { 201: z.object({ id }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        await inquiryAnswer(tx, ctx, { id: request.params.id, answer: request.body.answer });
        return { status: 201, body: { id: request.params.id } };
      }),
  );
}

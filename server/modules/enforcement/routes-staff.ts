import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import {
  type App,
  act,
  actOnce,
  amountIn,
  id,
  instant,
  line,
  listOf,
  page,
  paged,
  paragraphs,
} from '#kernel/http.ts';
import { parseYuan } from '#kernel/money.ts';
import { problem as common } from '#kernel/problem.ts';
import { ACTS } from '#modules/gates/index.ts';
import { appealDecide } from './appeal.ts';
import { caseDecide } from './case-decide.ts';
import { caseOpen } from './case-open.ts';
import { caseList, caseLock, caseWhole, policyOfCase } from './case-row.ts';
import { evidenceAdd } from './evidence-add.ts';
import { inquiryAsk } from './inquiry.ts';
import { measurePlace } from './measure-place.ts';
import { measureReverse } from './measure-reverse.ts';
import { measuresOf } from './rules.ts';
import { caseShown, caseStaffShown, measure, shownCase, shownToStaff } from './shown.ts';

const paragraph = paragraphs(1, 4_000);
const byId = z.object({ id });

/** Cases as staff work on them. */
export function staffRoutes(app: App, house: House): void {
  measures(app, house);

  app.get(
    '/staff/cases',
    {
      config: { access: 'staff', area: 'cases' },
      schema: {
        tags: ['staff'],
        querystring: page.extend({ customer: id.optional(), state: caseShown.shape.state.optional() }),
        response: { 200: listOf(caseShown) },
      },
    },
    async (request) => {
      const { before, customer, state } = request.query;
      const rows = await caseList(house.db, request.ctx.brand.id, { customerId: customer, state, before });
      return paged(rows.map(shownCase), (row) => row.id);
    },
  );

  app.get(
    '/staff/cases/:id',
    {
      config: { access: 'staff', area: 'cases' },
      schema: { tags: ['staff'], params: byId, response: { 200: caseStaffShown } },
    },
    async (request) => {
      const whole = await caseWhole(house.db, request.ctx.brand.id, request.params.id);
      if (!whole) throw common['not-found']();
      const { parameters } = await policyOfCase(house.db, request.ctx, whole.case);
      return shownToStaff(whole, measuresOf(parameters, whole.case));
    },
  );

  app.post(
    '/staff/customers/:id/cases',
    {
      config: { access: 'staff', area: 'cases' },
      schema: {
        tags: ['staff'],
        params: byId,
        body: z.object({
          service_id: id.nullable(),
          origin: z.enum(['staff', 'authority']),
          category: line(1, 20),
          summary: line(1, 300),
          note: paragraph.nullable(),
        }),
        response: { 201: byId },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { service_id: serviceId, origin, category, summary, note } = request.body;
        const made = await caseOpen(tx, ctx, {
          customerId: request.params.id,
          ...{ serviceId, origin, category, summary },
          evidence: note === null ? [] : [{ kind: 'note', text: note }],
        });
        return { status: 201, body: { id: made.id } };
      }),
  );

  app.post(
    '/staff/cases/:id/evidence',
    {
      config: { access: 'staff', area: 'cases' },
      schema: {
        tags: ['staff'],
        params: byId,
        body: z.object({ kind: z.enum(['note', 'paper']), text: paragraph }),
        response: { 201: byId },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const of = await caseLock(tx, ctx, request.params.id);
        return { status: 201, body: { id: await evidenceAdd(tx, ctx, of.id, request.body) } };
      }),
  );

  app.post(
    '/staff/cases/:id/inquiries',
    {
      config: { access: 'staff', area: 'cases' },
      schema: {
        tags: ['staff'],
        params: byId,
        body: z.object({ question: paragraph }),
        response: { 201: byId },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { question } = request.body;
        return {
          status: 201,
          body: { id: await inquiryAsk(tx, ctx, { caseId: request.params.id, question }) },
        };
      }),
  );

  app.post(
    '/staff/cases/:id/decision',
    {
      config: { access: 'staff', area: 'cases' },
      schema: {
        tags: ['staff'],
        params: byId,
        body: z.object({ breach: z.boolean(), decision: paragraph }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => caseDecide(tx, ctx, { id: request.params.id, ...request.body }));
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/cases/:id/appeal-decision',
    {
      config: { access: 'staff', area: 'cases' },
      schema: {
        tags: ['staff'],
        params: byId,
        body: z.object({ grant: z.boolean(), decision: paragraph }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await act(house, request, (tx, ctx) =>
        appealDecide(tx, ctx, { caseId: request.params.id, ...request.body }),
      );
      return reply.status(204).send(null);
    },
  );
}

function measures(app: App, house: House): void {
  app.post(
    '/staff/cases/:id/measures',
    {
      config: { access: 'staff', area: 'cases' },
      schema: {
        tags: ['staff'],
        params: byId,
        body: z.object({
          measure,
          service_id: id.nullable().default(null),
          reason: line(1, 500),
          until: instant.nullable().default(null),
          cpus: z.number().min(0.05).max(256).optional(),
          /** For `restrict`. Never all at once: a ban is a measure of its own, decided by two. */
          acts: z.array(z.enum(ACTS)).min(1).max(ACTS.length).optional(),
          amount: amountIn.optional(),
          freeze_reason: line(1, 40).optional(),
        }),
        response: { 201: byId.extend({ stands: z.boolean() }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { measure, service_id, reason, until, cpus, acts, amount, freeze_reason } = request.body;
        const made = await measurePlace(tx, ctx, {
          caseId: request.params.id,
          measure,
          serviceId: service_id,
          reason,
          until: until === null ? null : new Date(until),
          details: {
            cpus,
            acts,
            freeze_reason,
            amount: amount === undefined ? undefined : String(parseYuan(amount)),
          },
        });
        return { status: 201, body: made };
      }),
  );

  app.post(
    '/staff/measures/:id/reversal',
    {
      config: { access: 'staff', area: 'cases' },
      schema: {
        tags: ['staff'],
        params: byId,
        body: z.object({ reason: line(1, 500) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { reason } = request.body;
      await act(house, request, (tx, ctx) => measureReverse(tx, ctx, { id: request.params.id, reason }));
      return reply.status(204).send(null);
    },
  );
}

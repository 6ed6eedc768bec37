import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, actOnce, id, line, listOf, page, paged } from '#kernel/http.ts';
import { pdfAnswer, sendPdf } from '#kernel/pdf-reply.ts';
import { consentWithdraw, guardianConsent } from './consent-ask.ts';
import { demandDrop, demandMake } from './demand.ts';
import { reviewDecide, reviewOpen } from './review-decide.ts';
import { realNameRevoke } from './revoke.ts';
import { reviewForStaff, shownForStaff, shownStatus, status } from './schemas.ts';
import { consentPdf, reviewList, statusOf } from './status-read.ts';

const config = { access: 'staff' as const, area: 'customers' as const };
const tags = ['staff'];
const one = z.object({ id });
const why = z.object({ reason: line(2, 500) });

export function staffRoutes(app: App, house: House): void {
  reviews(app, house);
  customers(app, house);
}

function reviews(app: App, house: House): void {
  app.get(
    '/staff/identity-reviews',
    {
      config,
      schema: {
        tags,
        querystring: page.extend({ customer: id.optional(), state: reviewForStaff.shape.state.optional() }),
        response: { 200: listOf(reviewForStaff) },
      },
    },
    async ({ ctx, query }) => {
      const filter = { customerId: query.customer, state: query.state, before: query.before };
      return paged((await reviewList(house.db, ctx.brand.id, filter)).map(shownForStaff), (row) => row.id);
    },
  );

  // Shows what was sealed, and writes down that it was shown: so it is no GET, and asks for the right to decide.
  app.post(
    '/staff/identity-reviews/:id/opening',
    {
      config,
      schema: {
        tags,
        params: one,
        response: {
          200: z.object({
            name: z.string().nullable(),
            number: z.string().nullable(),
            other_accounts: z.number().int(),
            files: z.array(z.object({ media_type: z.string(), content: z.string() })),
          }),
        },
      },
    },
    async (request, reply) => {
      void reply.header('cache-control', 'private, no-store');
      const opened = await act(house, request, (tx, ctx) =>
        reviewOpen(tx, ctx, house.sealer, request.params.id),
      );
      return {
        name: opened.name,
        number: opened.number,
        other_accounts: opened.otherAccounts,
        files: opened.files.map(({ mediaType, bytes }) => ({
          media_type: mediaType,
          content: bytes.toString('base64'),
        })),
      };
    },
  );

  app.post(
    '/staff/identity-reviews/:id/judgement',
    {
      config,
      schema: {
        tags,
        params: one,
        body: why.extend({ pass: z.boolean(), minor: z.boolean().nullish() }),
        response: { 200: z.object({ state: z.enum(['seen-by-one', 'differs', 'passed', 'failed']) }) },
      },
    },
    async (request) => {
      const { pass, minor = null, reason } = request.body;
      const judged = { id: request.params.id, pass, minor, reason };
      return { state: await act(house, request, (tx, ctx) => reviewDecide(tx, ctx, judged)) };
    },
  );
}

function customers(app: App, house: House): void {
  app.get(
    '/staff/customers/:id/real-name',
    { config, schema: { tags, params: one, response: { 200: status } } },
    async ({ ctx, params }) =>
      shownStatus(await statusOf(house.db, ctx, params.id), house.ports.realName.sandbox),
  );

  app.post(
    '/staff/customers/:id/real-name/demand',
    {
      config,
      schema: {
        tags,
        params: one,
        body: why.extend({ days: z.number().int().min(1).max(90) }),
        response: { 201: z.object({ id }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { reason, days } = request.body;
        const made = await demandMake(tx, ctx, { customerId: request.params.id, reason, days });
        return { status: 201, body: { id: made } };
      }),
  );

  app.delete(
    '/staff/customers/:id/real-name/demand',
    { config, schema: { tags, params: one, response: { 204: z.null() } } },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => demandDrop(tx, ctx, request.params.id));
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/customers/:id/real-name/revocation',
    { config, schema: { tags, params: one, body: why, response: { 204: z.null() } } },
    async (request, reply) => {
      const { reason } = request.body;
      await act(house, request, (tx, ctx) =>
        realNameRevoke(tx, ctx, { customerId: request.params.id, reason }),
      );
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/customers/:id/guardian-consent',
    {
      config,
      schema: {
        tags,
        params: one,
        body: z.object({ reference: line(3, 200) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { reference } = request.body;
      await act(house, request, (tx, ctx) =>
        guardianConsent(tx, ctx, { customerId: request.params.id, reference }),
      );
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/staff/guardian-consents/:id/pdf',
    { config, schema: { tags, params: one, response: pdfAnswer } },
    async ({ ctx, params }, reply) => {
      const of = { id: params.id, brand: ctx.brand.id };
      const { number, bytes } = await consentPdf(house.db, house.sealer, of);
      return sendPdf(reply, number, bytes);
    },
  );

  app.post(
    '/staff/guardian-consents/:id/withdrawal',
    { config, schema: { tags, params: one, body: why, response: { 204: z.null() } } },
    async (request, reply) => {
      const { reason } = request.body;
      await act(house, request, (tx, ctx) => consentWithdraw(tx, ctx, { id: request.params.id, reason }));
      return reply.status(204).send(null);
    },
  );
}

import { z } from 'zod';
import { transactReading } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import { type App, act, actOnce, id, instant, line, listOf, page, paged } from '#kernel/http.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { customerFind } from '#modules/identity/index.ts';
import { filingDecide, filingRevoke } from './filing.ts';
import { filingList } from './filing-read.ts';
import { gates } from './gate.ts';
import { restrictionByStaff, restrictionLiftByStaff } from './restriction-place.ts';
import { type RestrictionRow, restrictionList } from './restriction-read.ts';
import { ACTS, GATE_ACTS } from './rules.ts';
import { answerShown, filingShown, shown, shownFiling } from './schemas.ts';

const restrictionShown = z.object({
  id,
  customer_id: z.string(),
  acts: z.array(z.enum(GATE_ACTS)),
  clause: z.object({ id: z.string(), version: z.string() }),
  reason: z.string(),
  /** The case of which it is a measure. */
  case_id: z.string().nullable(),
  placed_at: instant,
  placed_by: z.string(),
  lifted_at: instant.nullable(),
  lift_reason: z.string().nullable(),
});

const staff = { access: 'staff' as const };
const cases = { ...staff, area: 'cases' as const };
const customers = { ...staff, area: 'customers' as const };
const tags = ['staff'];
const one = z.object({ id });

export function staffRoutes(app: App, house: House): void {
  restrictions(app, house);
  filings(app, house);
}

function restrictions(app: App, house: House): void {
  app.get(
    '/staff/customers/:id/gates',
    {
      config: customers,
      schema: { tags, params: one, response: { 200: z.object({ items: z.array(answerShown) }) } },
    },
    async ({ ctx, params }) => {
      const customer = await customerFind(house.db, ctx.brand.id, params.id);
      if (!customer) throw kernelProblem['not-found']();
      const all = await transactReading(house.db, (tx) => gates(tx, ctx, customer.id, ACTS));
      return { items: all.map(({ act, answer }) => ({ act, ...shown(answer) })) };
    },
  );
  app.get(
    '/staff/restrictions',
    {
      config: cases,
      schema: {
        tags,
        querystring: page.extend({ customer: id.optional(), in_force: z.stringbool().optional() }),
        response: { 200: listOf(restrictionShown) },
      },
    },
    async ({ ctx, query }) => {
      const filter = { customerId: query.customer, before: query.before, inForce: query.in_force };
      const rows = await restrictionList(house.db, ctx.brand.id, filter);
      return paged(rows.map(shownRestriction), (row) => row.id);
    },
  );
  app.post(
    '/staff/customers/:id/restrictions',
    {
      config: cases,
      schema: {
        tags,
        params: one,
        /** One at a time; a ban is a measure of a case, decided by two. */
        body: z.object({ acts: z.array(z.enum(ACTS)).min(1).max(ACTS.length), reason: line(2, 500) }),
        response: { 201: z.object({ id }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { acts: what, reason } = request.body;
        const made = await restrictionByStaff(tx, ctx, { customerId: request.params.id, what, reason });
        return { status: 201, body: { id: made } };
      }),
  );
  app.post(
    '/staff/restrictions/:id/lift',
    {
      config: cases,
      schema: { tags, params: one, body: z.object({ reason: line(2, 500) }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { reason } = request.body;
      await act(house, request, (tx, ctx) =>
        restrictionLiftByStaff(tx, ctx, { id: request.params.id, reason }),
      );
      return reply.status(204).send(null);
    },
  );
}

function filings(app: App, house: House): void {
  app.get(
    '/staff/filings',
    {
      config: customers,
      schema: {
        tags,
        querystring: page.extend({ customer: id.optional(), state: filingShown.shape.state.optional() }),
        response: { 200: listOf(filingShown) },
      },
    },
    async ({ ctx, query }) => {
      const filter = { customerId: query.customer, state: query.state, before: query.before };
      return paged((await filingList(house.db, ctx.brand.id, filter)).map(shownFiling), (row) => row.id);
    },
  );
  app.post(
    '/staff/filings/:id/decision',
    {
      config: customers,
      schema: {
        tags,
        params: one,
        body: z.object({ approve: z.boolean(), reason: line(1, 500) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { approve, reason } = request.body;
      await act(house, request, (tx, ctx) =>
        filingDecide(tx, ctx, { id: request.params.id, approve, reason }),
      );
      return reply.status(204).send(null);
    },
  );
  app.post(
    '/staff/filings/:id/revocation',
    {
      config: customers,
      schema: { tags, params: one, body: z.object({ reason: line(2, 500) }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { reason } = request.body;
      await act(house, request, (tx, ctx) => filingRevoke(tx, ctx, { id: request.params.id, reason }));
      return reply.status(204).send(null);
    },
  );
}

function shownRestriction(row: RestrictionRow): z.infer<typeof restrictionShown> {
  const { id, customer_id, acts, reason, case_id, placed_by, lift_reason } = row;
  return {
    ...{ id, customer_id, acts, reason, case_id, placed_by, lift_reason },
    clause: { id: row.clause_id, version: row.clause_version },
    placed_at: row.placed_at.toISOString(),
    lifted_at: row.lifted_at?.toISOString() ?? null,
  };
}

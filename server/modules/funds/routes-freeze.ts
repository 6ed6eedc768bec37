import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import {
  type App,
  act,
  actOnce,
  amountIn,
  amountOut,
  customerOf,
  id,
  instant,
  line,
  listOf,
  page,
  paged,
  paragraphs,
} from '#kernel/http.ts';
import { formatYuan, parseYuan } from '#kernel/money.ts';
import { freezeAppeal } from './freeze-appeal.ts';
import { freezeDecide } from './freeze-decide.ts';
import { freezePlace } from './freeze-place.ts';
import { type Freeze, freezeList } from './freeze-row.ts';

const freezeShown = z.object({
  id,
  customer_id: z.string(),
  amount: amountOut,
  scope: z.enum(['part', 'whole']),
  /** The clause of the terms that names the reason. */
  reason: z.string(),
  explanation: z.string(),
  state: z.enum(['frozen', 'appealed', 'held', 'lifted', 'returned']),
  placed_at: instant,
  appeal_until: instant,
  appeal: z.string().nullable(),
  appealed_at: instant.nullable(),
  outcome_reason: z.string().nullable(),
  decided_at: instant.nullable(),
});

const paragraph = paragraphs(1, 4_000);

/** Money that is frozen: what the customer sees and says of it, what staff decide. */
export function freezeRoutes(app: App, house: House): void {
  app.get(
    '/funds/freezes',
    {
      config: { access: 'customer', area: 'money' },
      schema: { tags: ['funds'], querystring: page, response: { 200: listOf(freezeShown) } },
    },
    async (request) => {
      const { customerId } = customerOf(request.ctx);
      const { before } = request.query;
      const rows = await freezeList(house.db, request.ctx.brand.id, { customerId, before });
      return paged(rows.map(shown), (row) => row.id);
    },
  );

  app.post(
    '/funds/freezes/:id/appeal',
    {
      config: { access: 'customer', area: 'money' },
      schema: {
        tags: ['funds'],
        params: z.object({ id }),
        body: z.object({ text: paragraph }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { text } = request.body;
      await act(house, request, (tx, ctx) => freezeAppeal(tx, ctx, { id: request.params.id, text }));
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/staff/freezes',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        querystring: page.extend({ customer: id.optional(), state: freezeShown.shape.state.optional() }),
        response: { 200: listOf(freezeShown) },
      },
    },
    async (request) => {
      const { before, customer, state } = request.query;
      const filter = { customerId: customer, state, before };
      const rows = await freezeList(house.db, request.ctx.brand.id, filter);
      return paged(rows.map(shown), (row) => row.id);
    },
  );

  app.post(
    '/staff/customers/:id/freezes',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        body: z.object({ amount: amountIn.nullable(), reason: line(1, 40), explanation: paragraph }),
        response: { 201: z.object({ id }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { amount, reason, explanation } = request.body;
        const made = await freezePlace(tx, ctx, {
          customerId: request.params.id,
          amount: amount === null ? null : parseYuan(amount),
          reason,
          explanation,
        });
        return { status: 201, body: { id: made } };
      }),
  );

  app.post(
    '/staff/freezes/:id/outcome',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        body: z.object({ outcome: z.enum(['lift', 'hold', 'return']), reason: line(1, 500) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { outcome, reason } = request.body;
      await act(house, request, (tx, ctx) =>
        freezeDecide(tx, ctx, { id: request.params.id, outcome, reason }),
      );
      return reply.status(204).send(null);
    },
  );
}

function shown(row: Freeze): z.infer<typeof freezeShown> {
  const { id, customer_id, scope, explanation, state, appeal, outcome_reason } = row;
  return {
    ...{ id, customer_id, scope, explanation, state, appeal, outcome_reason },
    amount: formatYuan(row.amount_micro),
    reason: row.reason_clause,
    placed_at: row.placed_at.toISOString(),
    appeal_until: row.appeal_until.toISOString(),
    appealed_at: row.appealed_at?.toISOString() ?? null,
    decided_at: row.decided_at?.toISOString() ?? null,
  };
}

import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import {
  type App,
  act,
  actOnce,
  amountIn,
  amountOut,
  customerOf,
  displayName,
  id,
  instant,
  line,
} from '#kernel/http.ts';
import { formatYuan, parseYuan } from '#kernel/money.ts';
import { budgetDelete, budgetList, budgetSet } from './budget-set.ts';
import { stopsOf } from './spending-stop.ts';
import type { Budget } from './tables.ts';

const budgetIn = z.object({
  name: displayName(1, 60),
  /** Absent: all metered products together. */
  product: line(1, 40).optional(),
  amount: amountIn,
  percents: z.array(z.number().int().min(1).max(1_000)).max(10),
  stop: z.boolean(),
});

const budgetOut = z.object({
  id,
  name: z.string(),
  product: z.string().nullable(),
  amount: amountOut,
  percents: z.array(z.number()),
  stop: z.boolean(),
  /** Since when it stops spending. */
  stopped_at: instant.nullable(),
});

export function routes(app: App, house: House): void {
  const read = (body: z.infer<typeof budgetIn>) => ({
    ...body,
    product: body.product ?? null,
    amount: parseYuan(body.amount),
  });
  app.get(
    '/usage/budgets',
    {
      config: { access: 'customer', area: 'money' },
      schema: { tags: ['metering'], response: { 200: z.object({ items: z.array(budgetOut) }) } },
    },
    async (request) => {
      const { customerId } = customerOf(request.ctx);
      const stops = await stopsOf(house.db, request.ctx.brand.id, customerId);
      const rows = await budgetList(house.db, request.ctx.brand.id, customerId);
      return { items: rows.map((row) => budgetShown(row, stops)) };
    },
  );
  app.post(
    '/usage/budgets',
    {
      config: { access: 'customer', area: 'money' },
      schema: { tags: ['metering'], body: budgetIn, response: { 201: z.object({ id }) } },
    },
    async (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const made = await budgetSet(tx, ctx, customerOf(ctx).customerId, null, read(request.body));
        return { status: 201, body: { id: made } };
      }),
  );
  app.put(
    '/usage/budgets/:id',
    {
      config: { access: 'customer', area: 'money' },
      schema: { tags: ['metering'], params: z.object({ id }), body: budgetIn, response: { 204: z.null() } },
    },
    async (request, reply) => {
      await act(house, request, (tx, ctx) =>
        budgetSet(tx, ctx, customerOf(ctx).customerId, request.params.id, read(request.body)),
      );
      return reply.status(204).send(null);
    },
  );
  app.delete(
    '/usage/budgets/:id',
    {
      config: { access: 'customer', area: 'money' },
      schema: { tags: ['metering'], params: z.object({ id }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      await act(house, request, (tx, ctx) =>
        budgetDelete(tx, ctx, customerOf(ctx).customerId, request.params.id),
      );
      return reply.status(204).send(null);
    },
  );
}

function budgetShown(row: Budget, stops: { budget_id: string; began_at: Date }[]) {
  const stop = stops.find(({ budget_id }) => budget_id === row.id);
  return {
    id: row.id,
    name: row.name,
    product: row.product,
    amount: formatYuan(row.amount_micro),
    percents: row.percents,
    stop: row.stop,
    stopped_at: stop?.began_at.toISOString() ?? null,
  };
}

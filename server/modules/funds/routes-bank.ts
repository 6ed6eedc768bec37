import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, customerOf, id, instant, line, listOf } from '#kernel/http.ts';
import { requireStepUp } from '#modules/factors/index.ts';
import {
  type BankAccount,
  bankAccountAdd,
  bankAccountDecide,
  bankAccountList,
  bankAccountRemove,
  bankAccountReveal,
} from './bank-account.ts';

const accountShown = z.object({
  id,
  customer_id: z.string(),
  bank: z.string(),
  /** The last four digits; nobody is shown more but who makes a transfer. */
  number_end: z.string(),
  state: z.enum(['waiting', 'verified', 'refused', 'removed']),
  added_at: instant,
  decision_reason: z.string().nullable(),
});

/** Spaces and dashes are how people write it. */
const accountNumber = z
  .string()
  .max(60)
  .transform((text) => text.replace(/[ -]/g, ''))
  .pipe(z.string().regex(/^\d{8,32}$/));

export function bankRoutes(app: App, house: House): void {
  app.get(
    '/funds/bank-accounts',
    {
      config: { access: 'customer', area: 'money' },
      schema: { tags: ['funds'], response: { 200: listOf(accountShown) } },
    },
    async (request) => {
      const { customerId } = customerOf(request.ctx);
      const rows = await bankAccountList(house.db, request.ctx.brand.id, { customerId });
      return { items: rows.map(shown), next: null };
    },
  );

  app.post(
    '/funds/bank-accounts',
    {
      config: { access: 'customer', area: 'money', person: true },
      schema: {
        tags: ['funds'],
        body: z.object({ holder: line(1, 100), bank: line(2, 100), number: accountNumber }),
        response: { 201: z.object({ id }) },
      },
    },
    async (request, reply) => {
      const { holder, bank, number } = request.body;
      const made = await act(house, request, async (tx, ctx) => {
        const { customerId } = customerOf(ctx);
        await requireStepUp(tx, ctx);
        return bankAccountAdd(tx, ctx, house.sealer, { customerId, holder, bank, number });
      });
      return reply.status(201).send({ id: made });
    },
  );

  app.delete(
    '/funds/bank-accounts/:id',
    {
      config: { access: 'customer', area: 'money' },
      schema: { tags: ['funds'], params: z.object({ id }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      await act(house, request, (tx, ctx) =>
        bankAccountRemove(tx, ctx, { id: request.params.id, customerId: customerOf(ctx).customerId }),
      );
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/staff/bank-accounts',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        querystring: z.object({ customer: id.optional(), state: accountShown.shape.state.optional() }),
        response: { 200: listOf(accountShown) },
      },
    },
    async (request) => {
      const { customer, state } = request.query;
      const rows = await bankAccountList(house.db, request.ctx.brand.id, { customerId: customer, state });
      return { items: rows.map(shown), next: null };
    },
  );

  app.post(
    '/staff/bank-accounts/:id/decision',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        body: z.object({ verified: z.boolean(), reason: line(1, 300) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { verified, reason } = request.body;
      await act(house, request, (tx, ctx) =>
        bankAccountDecide(tx, ctx, { id: request.params.id, verified, reason }),
      );
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/bank-accounts/:id/reveal',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        response: { 200: z.object({ holder: z.string(), bank: z.string(), number: z.string() }) },
      },
    },
    (request) =>
      act(house, request, (tx, ctx) => bankAccountReveal(tx, ctx, house.sealer, request.params.id)),
  );
}

function shown(row: BankAccount): z.infer<typeof accountShown> {
  const { id, customer_id, bank, number_end, state, decision_reason } = row;
  return { id, customer_id, bank, number_end, state, decision_reason, added_at: row.added_at.toISOString() };
}

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
} from '#kernel/http.ts';
import { formatYuan, parseYuan } from '#kernel/money.ts';
import { requireStepUp } from '#modules/factors/index.ts';
import { withdrawalBankResult, withdrawalCancel, withdrawalDecide } from './withdrawal-decide.ts';
import { withdrawalRequest } from './withdrawal-request.ts';
import { partsOf, type Withdrawal, type WithdrawalPart, withdrawalList } from './withdrawal-row.ts';

const withdrawalShown = z.object({
  id,
  number: z.string(),
  customer_id: z.string(),
  amount: amountOut,
  state: z.enum(['requested', 'approving', 'sending', 'settled', 'refused', 'cancelled']),
  /** It carries money back that had been frozen. */
  from_freeze: z.boolean(),
  requested_at: instant,
  decided_at: instant.nullable(),
  decision_reason: z.string().nullable(),
  settled_at: instant.nullable(),
  parts: z.array(
    z.object({
      id,
      amount: amountOut,
      /** Back with the payment that it came with, or to the bank account. */
      payment_id: z.string().nullable(),
      bank_account_id: z.string().nullable(),
      state: z.enum(['planned', 'sending', 'paid', 'failed']),
      bank_reference: z.string().nullable(),
      failure: z.string().nullable(),
      ended_at: instant.nullable(),
    }),
  ),
});

export function withdrawalRoutes(app: App, house: House): void {
  customer(app, house);
  staff(app, house);
}

function customer(app: App, house: House): void {
  app.get(
    '/funds/withdrawals',
    {
      config: { access: 'customer', area: 'money' },
      schema: { tags: ['funds'], querystring: page, response: { 200: listOf(withdrawalShown) } },
    },
    async (request) => {
      const { customerId } = customerOf(request.ctx);
      const { before } = request.query;
      return shownPage(house, await withdrawalList(house.db, request.ctx.brand.id, { customerId, before }));
    },
  );

  app.post(
    '/funds/withdrawals',
    {
      config: { access: 'customer', area: 'money', person: true },
      schema: {
        tags: ['funds'],
        body: z.object({ amount: amountIn }),
        response: { 201: z.object({ id }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { customerId } = customerOf(ctx);
        const amount = parseYuan(request.body.amount);
        await requireStepUp(tx, ctx);
        return { status: 201, body: { id: await withdrawalRequest(tx, ctx, { customerId, amount }) } };
      }),
  );

  app.delete(
    '/funds/withdrawals/:id',
    {
      config: { access: 'customer', area: 'money' },
      schema: { tags: ['funds'], params: z.object({ id }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      await act(house, request, (tx, ctx) => withdrawalCancel(tx, ctx, request.params.id));
      return reply.status(204).send(null);
    },
  );
}

function staff(app: App, house: House): void {
  app.get(
    '/staff/withdrawals',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        querystring: page.extend({ customer: id.optional(), state: withdrawalShown.shape.state.optional() }),
        response: { 200: listOf(withdrawalShown) },
      },
    },
    async (request) => {
      const { before, customer, state } = request.query;
      const filter = { customerId: customer, state, before };
      return shownPage(house, await withdrawalList(house.db, request.ctx.brand.id, filter));
    },
  );

  app.post(
    '/staff/withdrawals/:id/decision',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        body: z.object({ approve: z.boolean(), reason: line(1, 500) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { approve, reason } = request.body;
      await act(house, request, (tx, ctx) =>
        withdrawalDecide(tx, ctx, { id: request.params.id, approve, reason }),
      );
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/withdrawals/:id/parts/:part_id/result',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        params: z.object({ id, part_id: id }),
        body: z.union([
          z.strictObject({ bank_reference: line(4, 64) }),
          z.strictObject({ failure: line(1, 300) }),
        ]),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { id, part_id } = request.params;
      const { body } = request;
      await act(house, request, (tx, ctx) =>
        withdrawalBankResult(tx, ctx, {
          id,
          partId: part_id,
          ...('failure' in body ? { failure: body.failure } : { reference: body.bank_reference }),
        }),
      );
      return reply.status(204).send(null);
    },
  );
}

async function shownPage(house: House, rows: Withdrawal[]) {
  const parts = await partsOf(
    house.db,
    rows.map((row) => row.id),
  );
  return paged(
    rows.map((row) =>
      shown(
        row,
        parts.filter((part) => part.withdrawal_id === row.id),
      ),
    ),
    (row) => row.id,
  );
}

function shown(row: Withdrawal, parts: WithdrawalPart[]): z.infer<typeof withdrawalShown> {
  const { id, number, customer_id, state, decision_reason } = row;
  return {
    ...{ id, number, customer_id, state, decision_reason },
    amount: formatYuan(row.amount_micro),
    from_freeze: row.freeze_id !== null,
    requested_at: row.requested_at.toISOString(),
    decided_at: row.decided_at?.toISOString() ?? null,
    settled_at: row.settled_at?.toISOString() ?? null,
    parts: parts.map((part) => ({
      id: part.id,
      amount: formatYuan(part.amount_micro),
      payment_id: part.payment_id,
      bank_account_id: part.bank_account_id,
      state: part.state,
      bank_reference: part.bank_reference,
      failure: part.failure,
      ended_at: part.ended_at?.toISOString() ?? null,
    })),
  };
}

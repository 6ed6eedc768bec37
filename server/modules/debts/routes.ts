import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import {
  type App,
  act,
  amountOut,
  customerOf,
  id,
  instant,
  line,
  listOf,
  page,
  paged,
} from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { type Debt, debtList, owed, owedBy } from './debt-row.ts';
import { writeOffAsk } from './write-off.ts';

const debtShown = z.object({
  id,
  customer_id: z.string(),
  product: z.string(),
  amount: amountOut,
  paid: amountOut,
  late_fee: amountOut,
  late_fee_paid: amountOut,
  written_off: amountOut,
  /** What is left of principal and late fee. */
  unpaid: amountOut,
  /** Of the unpaid principal, a day; "0.0005" is 0.05 %. */
  late_fee_per_day: z.string(),
  opened_at: instant,
  closed_at: instant.nullable(),
});

const filter = page.extend({ open: z.enum(['true', 'false']).optional() });

export function routes(app: App, house: House): void {
  app.get(
    '/debts',
    {
      config: { access: 'customer', area: 'money' },
      schema: {
        tags: ['billing'],
        querystring: filter,
        response: { 200: listOf(debtShown).extend({ owed: amountOut }) },
      },
    },
    async (request) => {
      const { customerId } = customerOf(request.ctx);
      const { before, open } = request.query;
      const brand = request.ctx.brand.id;
      const rows = await debtList(house.db, brand, { customerId, before, open: open === 'true' });
      const sum = await owedBy(house.db, brand, customerId);
      return { ...paged(rows.map(shown), (row) => row.id), owed: formatYuan(sum) };
    },
  );

  app.get(
    '/staff/debts',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        querystring: filter.extend({ customer: id.optional() }),
        response: { 200: listOf(debtShown) },
      },
    },
    async (request) => {
      const { before, open, customer } = request.query;
      const rows = await debtList(house.db, request.ctx.brand.id, {
        customerId: customer,
        before,
        open: open === 'true',
      });
      return paged(rows.map(shown), (row) => row.id);
    },
  );

  app.post(
    '/staff/debts/:id/write-off',
    {
      config: { access: 'staff', area: 'money' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        body: z.object({ reason: line(1, 500) }),
        response: { 202: z.null() },
      },
    },
    async (request, reply) => {
      await act(house, request, (tx, ctx) =>
        writeOffAsk(tx, ctx, { id: request.params.id, reason: request.body.reason }),
      );
      return reply.status(202).send(null);
    },
  );
}

function shown(debt: Debt): z.infer<typeof debtShown> {
  const { principal, fee } = owed(debt);
  return {
    id: debt.id,
    customer_id: debt.customer_id,
    product: debt.product,
    amount: formatYuan(debt.amount_micro),
    paid: formatYuan(debt.paid_micro),
    late_fee: formatYuan(debt.fee_micro),
    late_fee_paid: formatYuan(debt.fee_paid_micro),
    written_off: formatYuan(debt.written_off_micro),
    unpaid: formatYuan(principal + fee),
    late_fee_per_day: formatYuan(BigInt(debt.fee_ppm)),
    opened_at: debt.opened_at.toISOString(),
    closed_at: debt.closed_at?.toISOString() ?? null,
  };
}

import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import {
  type App,
  act,
  actOnce,
  amountOut,
  customerOf,
  id,
  instant,
  listOf,
  page,
  paged,
} from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { servicesLiving } from '#modules/lifecycle/index.ts';
import { billChoose } from './bill-choose.ts';
import { billList, creditOf, unpaidBills } from './bill-row.ts';
import { billPay } from './bill-settle.ts';
import { billShown, shownBill } from './bill-shown.ts';
import { staffRoutes } from './routes-staff.ts';

const months = z.number().int().min(1).max(36);

/** Who may pay by bill, and which services are renewed by bills. */
const billing = z.object({
  /** Null: bills are not open to this customer. */
  credit: z.object({ limit: amountOut, unpaid: amountOut }).nullable(),
  services: z.array(
    z.object({
      id,
      label: z.string(),
      plan: z.string(),
      period_end: instant,
      /** So many months by each bill; null: not by bill. */
      months: z.number().nullable(),
      /** When the next bill is issued. */
      next_bill_at: instant.nullable(),
    }),
  ),
});

export function routes(app: App, house: House): void {
  app.get(
    '/bills',
    {
      config: { access: 'customer', area: 'money' },
      schema: { tags: ['billing'], querystring: page, response: { 200: listOf(billShown) } },
    },
    async ({ ctx, query }) => {
      const { customerId } = customerOf(ctx);
      const rows = await billList(house.db, ctx.brand.id, { customerId, before: query.before });
      return paged(rows.map(shownBill), (row) => row.id);
    },
  );

  app.post(
    '/bills/:id/pay',
    {
      config: { access: 'customer', area: 'money' },
      schema: {
        tags: ['billing'],
        params: z.object({ id }),
        /** What is missing is taken from the money that comes in next; "0.00": paid. */
        response: { 200: z.object({ missing: amountOut }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { customerId } = customerOf(ctx);
        const missing = await billPay(tx, ctx, { customerId, id: request.params.id });
        return { status: 200, body: { missing: formatYuan(missing) } };
      }),
  );

  app.get(
    '/bills/services',
    {
      config: { access: 'customer', area: 'money' },
      schema: { tags: ['billing'], response: { 200: billing } },
    },
    async ({ ctx }) => {
      const { customerId } = customerOf(ctx);
      const credit = await creditOf(house.db, ctx.brand.id, customerId);
      const { unpaid } = await unpaidBills(house.db, ctx, customerId);
      const services = await servicesLiving(house.db, ctx.brand.id, customerId);
      return {
        credit: credit && { limit: formatYuan(credit.limit_micro), unpaid: formatYuan(unpaid) },
        services: services.map((service) => ({
          id: service.id,
          label: service.label,
          plan: service.plan,
          period_end: service.period_end.toISOString(),
          months: service.renew_by === 'bill' ? service.auto_renew_months : null,
          next_bill_at: service.renew_by === 'bill' ? (service.renew_at?.toISOString() ?? null) : null,
        })),
      };
    },
  );

  app.put(
    '/services/:id/bill-renewal',
    {
      config: { access: 'customer', area: 'money' },
      schema: {
        tags: ['services'],
        params: z.object({ id }),
        /** Months by each bill; null turns it off. */
        body: z.object({ months: months.nullable() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      await act(house, request, (tx, ctx) =>
        billChoose(tx, ctx, {
          customerId: customerOf(ctx).customerId,
          serviceId: request.params.id,
          months: request.body.months,
        }),
      );
      return reply.status(204).send(null);
    },
  );

  staffRoutes(app, house);
}

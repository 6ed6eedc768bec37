import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, customerOf, id, instant, line, listOf, page, paged } from '#kernel/http.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { customerFind } from '#modules/identity/index.ts';
import { contactsOf } from '#modules/reach/index.ts';
import { faultOpen } from './fault-open.ts';
import './tables.ts';

const kind = z.enum(['email', 'phone', 'qq', 'wechat']);

const fault = z.object({
  id,
  customer_id: id,
  kind,
  shown: z.string(),
  found_at: instant,
  detail: z.string(),
  correct_by: instant.nullable(),
  state: z.enum(['open', 'overdue', 'corrected']),
  ended_at: instant.nullable(),
  notices: z.array(z.string()),
});

function faults(house: House, brand: string) {
  return house.db.selectFrom('contacts_fault').selectAll().where('brand', '=', brand).orderBy('id', 'desc');
}

function shownOf(row: Awaited<ReturnType<ReturnType<typeof faults>['execute']>>[number]) {
  const { brand: _, notice_id: occasion, ...rest } = row;
  return {
    ...rest,
    found_at: row.found_at.toISOString(),
    correct_by: row.correct_by?.toISOString() ?? null,
    ended_at: row.ended_at?.toISOString() ?? null,
    notices: [...(occasion ? [occasion] : []), ...row.notices],
  };
}

export function routes(app: App, house: House): void {
  app.get(
    '/account/contact-faults',
    {
      config: { access: 'customer', area: 'people' },
      schema: { tags: ['account'], response: { 200: z.object({ items: z.array(fault) }) } },
    },
    async ({ ctx }) => {
      const rows = await faults(house, ctx.brand.id)
        .where('customer_id', '=', customerOf(ctx).customerId)
        .limit(100)
        .execute();
      return { items: rows.map(shownOf) };
    },
  );

  app.get(
    '/staff/contact-faults',
    {
      config: { access: 'staff', area: 'customers' },
      schema: {
        tags: ['staff'],
        querystring: page.extend({
          customer: id.optional(),
          state: z.enum(['open', 'overdue', 'corrected']).optional(),
        }),
        response: { 200: listOf(fault) },
      },
    },
    async (request) => {
      const { customer, state, before } = request.query;
      const rows = await faults(house, request.ctx.brand.id)
        .$if(customer !== undefined, (q) => q.where('customer_id', '=', customer!))
        .$if(state !== undefined, (q) => q.where('state', '=', state!))
        .$if(before !== undefined, (q) => q.where('id', '<', before!))
        .limit(101)
        .execute();
      return paged(rows.map(shownOf), (row) => row.id);
    },
  );

  // Found by people: a QQ number that answers as somebody else, a letter that came back.
  app.post(
    '/staff/customers/:id/contact-faults',
    {
      config: { access: 'staff', area: 'customers' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        body: z.object({ kind, detail: line(2, 300) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { kind: faulty, detail } = request.body;
      const customerId = request.params.id;
      await act(house, request, async (tx, ctx) => {
        const customer = await customerFind(tx, ctx.brand.id, customerId);
        const contacts = customer ? await contactsOf(tx, [customer.id]) : [];
        const shown =
          faulty === 'email' ? customer?.email : contacts.find((each) => each.kind === faulty)?.shown;
        if (!shown) throw kernelProblem['not-found']();
        await faultOpen(tx, ctx, { customerId, kind: faulty, shown, detail, noticeId: null });
      });
      return reply.status(204).send(null);
    },
  );
}

import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, customerOf, id, instant, line } from '#kernel/http.ts';
import { problem as common } from '#kernel/problem.ts';
import { customerFind } from '#modules/identity/index.ts';
import { contactForm } from './contact-form.ts';
import {
  RESPONSIBILITIES,
  type Responsibility,
  responsibleEnd,
  responsibleOf,
  responsibleSet,
} from './responsible.ts';
import { problem } from './rules.ts';

const product = z.enum(RESPONSIBILITIES);
const shown = z.object({
  product,
  user_id: id,
  /** By what the person is known: the mailbox, or the ends of a phone. */
  shown: z.string(),
  /** The ends of the number for when it burns. */
  phone: z.string().nullable(),
  named_at: instant,
});
const list = { 200: z.object({ items: z.array(shown) }) };
const nothing = { 204: z.null() };

/** Who answers for which product, and how they are reached (七牛云 3.1.6). */
export function responsibleRoutes(app: App, house: House): void {
  const tags = ['account'];
  const config = { access: 'customer' as const, area: 'people' as const };
  const read = async (customerId: string) => {
    const rows = await responsibleOf(house.db, [customerId]);
    return {
      items: rows.map((row) => ({
        product: row.product as Responsibility,
        user_id: row.user_id,
        shown: row.shown,
        phone: row.phone_shown,
        named_at: row.named_at.toISOString(),
      })),
    };
  };

  app.get('/account/responsible', { config, schema: { tags, response: list } }, ({ ctx }) =>
    read(customerOf(ctx).customerId),
  );

  app.put(
    '/account/responsible/:product',
    {
      config,
      schema: {
        tags,
        params: z.object({ product }),
        body: z.object({ user_id: id, phone: line(1, 20).nullable() }),
        response: nothing,
      },
    },
    async (request, reply) => {
      const { user_id: userId, phone: typed } = request.body;
      const phone = typed === null ? null : contactForm('phone', typed);
      if (typed !== null && !phone)
        throw problem['contact-form']({}, { errors: [{ field: 'phone', message: 'form' }] });
      const named = { product: request.params.product, userId, phone };
      await act(house, request, (tx, ctx) => responsibleSet(tx, ctx, house.sealer, named));
      return reply.status(204).send(null);
    },
  );

  app.delete(
    '/account/responsible/:product',
    { config, schema: { tags, params: z.object({ product }), response: nothing } },
    async (request, reply) => {
      const { customerId } = customerOf(request.ctx);
      const of = { customerId, product: request.params.product };
      if ((await act(house, request, (tx, ctx) => responsibleEnd(tx, ctx, of))) === 0)
        throw common['not-found']();
      return reply.status(204).send(null);
    },
  );

  app.get(
    '/staff/customers/:id/responsible',
    {
      config: { access: 'staff', area: 'customers' },
      schema: { tags: ['staff'], params: z.object({ id }), response: list },
    },
    async ({ ctx, params }) => {
      if (!(await customerFind(house.db, ctx.brand.id, params.id))) throw common['not-found']();
      return read(params.id);
    },
  );
}

import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, id, line } from '#kernel/http.ts';
import { problem as common } from '#kernel/problem.ts';
import { customerFind } from '#modules/identity/index.ts';
import { acceptanceLatest } from '#modules/terms/index.ts';
import { disclosureRecord } from './disclosure-record.ts';
import { KINDS } from './rules.ts';

const allowed = z.object({ clause: z.string().nullable(), cases: z.array(z.string()) });
const PATH = '/staff/customers/:id/disclosures';
const config = { access: 'staff' as const, area: 'privacy' as const };

export function routes(app: App, house: House): void {
  const customerAt = async (brand: string, customerId: string) => {
    if (!(await customerFind(house.db, brand, customerId))) throw common['not-found']();
  };

  app.get(
    PATH,
    { config, schema: { tags: ['staff'], params: z.object({ id }), response: { 200: allowed } } },
    async ({ ctx, params }) => {
      await customerAt(ctx.brand.id, params.id);
      const terms = await acceptanceLatest(house.db, params.id);
      const { clause = null, cases = [] } = terms?.parameters.disclosure ?? {};
      return { clause, cases };
    },
  );

  app.post(
    PATH,
    {
      config,
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        body: z.object({
          case: line(2, 40),
          kinds: z.array(z.enum(KINDS)).min(1).max(KINDS.length),
          to: line(2, 200),
          reference: line(2, 200),
        }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const customerId = request.params.id;
      await customerAt(request.ctx.brand.id, customerId);
      await act(house, request, (tx, ctx) => disclosureRecord(tx, ctx, { customerId, ...request.body }));
      return reply.status(204).send(null);
    },
  );
}

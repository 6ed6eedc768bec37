import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, actOnce, id, instant, line, listOf, page, paged } from '#kernel/http.ts';
import { reportHandle, reportList } from './report.ts';

const byId = z.object({ id });

const reportShown = z.object({
  id,
  about: z.string(),
  category: z.string(),
  text: z.string(),
  /** Where an answer reaches whoever reported; for staff alone. */
  reporter: z.string(),
  at: instant,
  state: z.enum(['new', 'taken', 'dismissed']),
  case_id: z.string().nullable(),
});

/** What was reported of abuse, as staff take it up or put it aside. */
export function reportRoutes(app: App, house: House): void {
  app.get(
    '/staff/reports-of-abuse',
    {
      config: { access: 'staff', area: 'cases' },
      schema: { tags: ['staff'], querystring: page, response: { 200: listOf(reportShown) } },
    },
    async (request) => {
      const rows = await reportList(house.db, request.ctx.brand.id, request.query.before);
      const items = rows.map(({ id, about, category, text, reporter, at, state, case_id }) => ({
        ...{ id, about, category, text, state, case_id },
        // Erased once its time was over.
        reporter: reporter.length === 0 ? '' : house.sealer.open(reporter, id),
        at: at.toISOString(),
      }));
      return paged(items, (row) => row.id);
    },
  );

  app.post(
    '/staff/reports-of-abuse/:id/handling',
    {
      config: { access: 'staff', area: 'cases' },
      schema: {
        tags: ['staff'],
        params: byId,
        body: z.object({
          /** Null: put aside. */
          case: z
            .object({
              customer_id: id,
              service_id: id.nullable(),
              category: line(1, 20),
              summary: line(1, 300),
            })
            .nullable(),
        }),
        response: { 201: z.object({ case_id: z.string().nullable() }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const wanted = request.body.case;
        const made = await reportHandle(tx, ctx, {
          id: request.params.id,
          case: wanted && {
            customerId: wanted.customer_id,
            serviceId: wanted.service_id,
            category: wanted.category,
            summary: wanted.summary,
          },
        });
        return { status: 201, body: { case_id: made } };
      }),
  );
}

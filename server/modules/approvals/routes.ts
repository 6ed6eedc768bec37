import { z } from 'zod';
import { mayDo, STAFF_AREAS } from '#kernel/grant.ts';
import type { House } from '#kernel/house.ts';
import { type App, act, id, instant, line, listOf, PAGE_SIZE, page, paged, staffOf } from '#kernel/http.ts';
import { approvalDecide } from './approval-decide.ts';
import './tables.ts';

const approval = z.object({
  id,
  act: z.string(),
  area: z.string(),
  /** Whether whoever asks may decide it: they have the area's write, and didn't ask for it themselves. */
  decidable: z.boolean(),
  subject_kind: z.string(),
  subject_id: z.string(),
  customer_id: z.string().nullable(),
  payload: z.record(z.string(), z.unknown()),
  reason: z.string(),
  requested_by: z.string(),
  requested_at: instant,
  expires_at: instant,
  state: z.enum(['waiting', 'granted', 'refused', 'expired']),
  decided_by: z.string().nullable(),
  decided_at: instant.nullable(),
  decision_reason: z.string().nullable(),
});

export function routes(app: App, house: House): void {
  app.get(
    '/staff/approvals',
    {
      config: { access: 'staff', area: 'self' },
      schema: {
        tags: ['staff'],
        querystring: page.extend({ state: approval.shape.state.optional() }),
        response: { 200: listOf(approval) },
      },
    },
    async (request) => {
      const { state, before } = request.query;
      const { staffId, grant } = staffOf(request.ctx);
      const areas = STAFF_AREAS.filter((area) => mayDo(grant, area, 'read'));
      const rows = await house.db
        .selectFrom('approvals_request')
        .selectAll()
        .where('brand', '=', request.ctx.brand.id)
        .where('area', 'in', areas)
        .$if(state !== undefined, (q) => q.where('state', '=', state!))
        .$if(before !== undefined, (q) => q.where('id', '<', before!))
        .orderBy('id', 'desc')
        .limit(PAGE_SIZE + 1)
        .execute();
      return paged(
        rows.map(({ brand: _, ...row }) => ({
          ...row,
          decidable: mayDo(grant, row.area, 'write') && row.requested_by !== staffId,
          payload: row.payload as Record<string, unknown>,
          requested_at: row.requested_at.toISOString(),
          expires_at: row.expires_at.toISOString(),
          decided_at: row.decided_at?.toISOString() ?? null,
        })),
        (row) => row.id,
      );
    },
  );

  app.post(
    '/staff/approvals/:id/decision',
    {
      config: { access: 'staff', area: 'self' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        body: z.object({ grant: z.boolean(), reason: line(1, 500) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { grant, reason } = request.body;
      await act(house, request, (tx, ctx) =>
        approvalDecide(tx, ctx, { id: request.params.id, grant, reason }),
      );
      return reply.status(204).send(null);
    },
  );
}

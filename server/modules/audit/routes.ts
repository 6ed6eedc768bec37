import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, id, instant, line, listOf, paged } from '#kernel/http.ts';
import { auditList } from './audit-list.ts';

const event = z.object({
  id: z.string(),
  at: instant,
  actor: z.object({
    kind: z.enum(['system', 'visitor', 'customer', 'staff']),
    id: z.string().nullable(),
    name: z.string().nullable(),
  }),
  action: z.string(),
  subject_kind: z.string(),
  subject_id: z.string(),
  customer_id: z.string().nullable(),
  clause: z.object({ id: z.string(), version: z.string(), sha256: z.string() }).nullable(),
  facts: z.record(z.string(), z.unknown()),
  notices: z.array(z.string()),
  ip: z.string().nullable(),
  session_id: z.string().nullable(),
});

export function routes(app: App, house: House): void {
  app.get(
    '/staff/audit',
    {
      config: { access: 'staff', area: 'audit' },
      schema: {
        tags: ['staff'],
        querystring: z.object({
          customer: id.optional(),
          subject: line(1, 64).optional(),
          before: z
            .string()
            .regex(/^\d{1,18}$/)
            .optional(),
        }),
        response: { 200: listOf(event) },
      },
    },
    async (request) => {
      const { customer, subject, before } = request.query;
      const filter = { brand: request.ctx.brand.id, customerId: customer, subjectId: subject, before };
      const rows = (await auditList(house.db, filter)).map((row) => ({
        id: String(row.id),
        at: row.at.toISOString(),
        actor: { kind: row.actor_kind, id: row.actor_id, name: row.actor_name },
        action: row.action,
        subject_kind: row.subject_kind,
        subject_id: row.subject_id,
        customer_id: row.customer_id,
        clause: row.clause_id
          ? { id: row.clause_id, version: row.clause_version!, sha256: row.clause_hash! }
          : null,
        facts: row.facts as Record<string, unknown>,
        notices: row.notices,
        ip: row.ip,
        session_id: row.session_id,
      }));
      return paged(rows, (row) => row.id);
    },
  );
}

import type { FastifyRequest } from 'fastify';
import { transact } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { auditOfRequest, auditRecord } from '#modules/audit/index.ts';

const LOOKS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whatever staff do is on record: an act that succeeds and left nothing there, because nothing had to change any more,
 * is written down as just that before it is answered. A route that does nothing that could be recorded says why
 * (`unaudited`). test/api/staff-acts.test.ts looks for verbs that forget their own record.
 */
export function staffActs(app: App, house: House): void {
  app.addHook('onSend', async (request, reply) => {
    const staffId = actedBy(request);
    if (!staffId || reply.statusCode >= 300 || reply.hasHeader('idempotency-replayed')) return;
    if (await auditOfRequest(house.db, staffId, request.id)) return;
    const route = `${request.method} ${String(request.routeOptions.url)}`;
    await transact(house.db, (tx) =>
      auditRecord(tx, request.ctx, {
        action: 'staff.acted',
        subject: { kind: 'route', id: route },
        customerId: null,
        facts: { params: request.params },
      }),
    );
  });
}

function actedBy(request: FastifyRequest): string | null {
  const { does, unaudited } = request.routeOptions.config;
  if (LOOKS.has(request.method) || does === 'read' || unaudited) return null;
  const { actor } = request.ctx;
  return actor.kind === 'staff' ? actor.staffId : null;
}

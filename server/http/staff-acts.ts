import type { FastifyRequest } from 'fastify';
import type { House } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { auditOfRequest } from '#modules/audit/index.ts';

const LOOKS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whatever staff do is on record. Outside production each act of theirs that succeeds is looked up in the log, and one
 * that left nothing there fails, so that no test and no development passes over it. A route that does nothing that could
 * be recorded says why (`unaudited`).
 */
export function staffActs(app: App, house: House): void {
  if (house.config.production) return;
  app.addHook('onSend', async (request, reply) => {
    const staffId = actedBy(request);
    if (!staffId || reply.statusCode >= 300 || reply.hasHeader('idempotency-replayed')) return;
    if (await auditOfRequest(house.db, staffId, request.id)) return;
    throw new Error(
      `${request.method} ${String(request.routeOptions.url)}: an act of the staff that left no record`,
    );
  });
}

function actedBy(request: FastifyRequest): string | null {
  const { does, unaudited } = request.routeOptions.config;
  if (LOOKS.has(request.method) || does === 'read' || unaudited) return null;
  const { actor } = request.ctx;
  return actor.kind === 'staff' ? actor.staffId : null;
}

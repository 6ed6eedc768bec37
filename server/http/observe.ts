import { sql } from 'kysely';
import { collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { House } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { jobsPending } from '#kernel/jobs.ts';
import { jobsFailed } from '#kernel/jobs-list.ts';
import { problem } from '#kernel/problem.ts';
import { nodesTrouble } from '#modules/compute/index.ts';
import { heldPayments } from '#modules/payments/index.ts';
import { findingsOpen } from '#modules/reconciliation/index.ts';
import { securityCounter } from './security-events.ts';

const LOOPBACK = new Set(['127.0.0.1', '::1', '::ffff:127.0.0.1']);

/** A line for each request (no query, no body, no address), /healthz, /readyz, and /metrics for the machine itself. */
export function observe(app: App, house: House): void {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'cloudpact_' });
  const duration = new Histogram({
    name: 'cloudpact_http_request_duration_seconds',
    help: 'Time from the first byte of a request to the last of its answer',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.02, 0.05, 0.1, 0.3, 1, 3],
    registers: [registry],
  });

  const security = securityCounter(registry);
  app.decorateRequest('security', null);

  gauge(registry, 'jobs_failed', 'Jobs that used up their attempts', () => jobsFailed(house.db));
  gauge(registry, 'jobs_pending', 'Jobs that could run now or are running', () => jobsPending(house.db));
  gauge(registry, 'held_payments', 'Held payments that wait for staff', () => heldPayments(house.db));
  gauge(registry, 'reconciliation_open', 'Findings in the channels’ bills that wait for staff', () =>
    findingsOpen(house.db),
  );
  gauge(registry, 'nodes_in_trouble', 'Nodes that take instances and do not answer', () =>
    nodesTrouble(house.db),
  );

  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    const ms = Math.round(reply.elapsedTime * 10) / 10;
    duration.observe({ method: request.method, route, status: reply.statusCode }, ms / 1_000);
    const { actor } = request.ctx;
    const line = {
      request_id: request.id,
      method: request.method,
      route,
      status: reply.statusCode,
      ms,
      actor: actor.kind,
      ...(request.security ? { security: request.security } : {}),
    };
    if (request.security) security.inc({ event: request.security });
    house.log[reply.statusCode >= 500 ? 'error' : route.startsWith('/api') ? 'info' : 'debug'](
      line,
      'request',
    );
  });

  app.get('/healthz', { config: { access: 'public' }, schema: { hide: true } as object }, () => ({
    ok: true,
  }));
  app.get('/readyz', { config: { access: 'public' }, schema: { hide: true } as object }, async () => {
    await sql`select 1`.execute(house.db);
    return { ok: true };
  });
  app.get(
    '/metrics',
    { config: { access: 'callback' }, schema: { hide: true } as object },
    async (request, reply) => {
      if (!LOOPBACK.has(request.socket.remoteAddress ?? '') || request.headers['x-forwarded-for'])
        throw problem['not-found']();
      return reply.header('content-type', registry.contentType).send(await registry.metrics());
    },
  );
}

/** Read when somebody looks. */
function gauge(registry: Registry, name: string, help: string, read: () => Promise<number>): void {
  new Gauge({
    name: `cloudpact_${name}`,
    help,
    registers: [registry],
    async collect() {
      this.set(await read());
    },
  });
}

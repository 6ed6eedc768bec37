import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, customerOf, id } from '#kernel/http.ts';
import { notRunning } from '#modules/compute/index.ts';
import { serviceFind } from '#modules/lifecycle/index.ts';
import { ownInstance } from './own-instance.ts';
import { problem } from './rules.ts';

const TERMINALS_PER_CUSTOMER = 5;
/** Of all pages and programs together, in one process: each asks the database twice a second who has it. */
const STREAMS_PER_CUSTOMER = 50;
/** Who opened it is asked after so often that it ends within a second (F61). */
const SESSION_CHECK_MS = 500;
/** Keeps proxies from cutting a quiet stream, and tells a page that missed a signal to look anyway. */
const STREAM_BEAT_MS = 15_000;

const control = z.object({
  resize: z.tuple([z.number().int().min(10).max(500), z.number().int().min(3).max(300)]),
});

/** What stays open: the stream of changes and the terminal. Both end when the session does. */
export function liveRoutes(app: App, house: House): void {
  const owns =
    ({ ctx }: FastifyRequest, serviceId: string) =>
    async () =>
      (await serviceFind(house.db, ctx, customerOf(ctx).customerId, serviceId)) !== null;

  const streams = new Map<string, number>();
  app.get(
    '/services/:id/stream',
    {
      config: { access: 'customer', area: 'services' },
      schema: {
        tags: ['services'],
        description: 'Server-sent events: `change` whenever the service or its steps changed.',
        params: z.object({ id }),
      },
    },
    async (request, reply) => {
      const { service } = await ownInstance(house.db, request.ctx, request.params.id);
      const { customerId } = customerOf(request.ctx);
      if ((streams.get(customerId) ?? 0) >= STREAMS_PER_CUSTOMER) throw problem['too-many-streams']();
      oneMore(streams, customerId);
      reply.hijack();
      const { raw } = reply;
      raw.writeHead(200, {
        'content-type': 'text/event-stream',
        'cache-control': 'no-store',
        'x-accel-buffering': 'no',
      });
      const beat = () => raw.write('event: change\ndata: {}\n\n');
      const unlisten = house.signals.listen(`service:${service.id}`, beat);
      const timer = setInterval(beat, STREAM_BEAT_MS);
      const unwatch = watchOpener(request, owns(request, service.id), () => raw.end());
      beat();
      raw.on('close', () => {
        oneLess(streams, customerId);
        unlisten();
        clearInterval(timer);
        unwatch();
      });
    },
  );

  const open = new Map<string, number>();
  app.get(
    '/services/:id/terminal',
    {
      config: { access: 'customer', area: 'services', does: 'write' },
      websocket: true,
      schema: {
        tags: ['services'],
        description: 'WebSocket: binary frames are the terminal, text frames {"resize":[columns,rows]}.',
        params: z.object({ id }),
        querystring: z.object({
          columns: z.coerce.number().int().min(10).max(500).default(80),
          rows: z.coerce.number().int().min(3).max(300).default(24),
        }),
      },
      preHandler: async (request) => {
        const { service, view } = await ownInstance(house.db, request.ctx, request.params.id);
        if (service.state !== 'active' || view.instance.power !== 'running') throw notRunning();
        if ((open.get(service.customer_id) ?? 0) >= TERMINALS_PER_CUSTOMER)
          throw problem['too-many-terminals']();
      },
    },
    async (socket, request) => {
      const { customerId } = customerOf(request.ctx);
      const early: Uint8Array[] = [];
      let write = (data: Uint8Array): void => {
        if (early.length < 64) early.push(data);
      };
      let resize = (_columns: number, _rows: number): void => undefined;
      let release = () => {
        socket.removeAllListeners('message');
      };
      oneMore(open, customerId);
      socket.on('message', (data: Buffer, binary: boolean) => {
        if (binary) return write(data);
        const parsed = control.safeParse(jsonOf(data));
        if (parsed.success) resize(...parsed.data.resize);
      });
      socket.on('close', () => {
        release();
        oneLess(open, customerId);
      });
      try {
        const { service, view } = await ownInstance(house.db, request.ctx, request.params.id);
        const { columns, rows } = request.query;
        const terminal = await house.ports
          .hypervisors(view.node.name)
          .terminal(view.instance.name, { columns, rows });
        const unwatch = watchOpener(request, owns(request, service.id), (code, reason) =>
          socket.close(code, reason),
        );
        release = () => {
          unwatch();
          terminal.close();
        };
        terminal.onData((data) => socket.readyState === socket.OPEN && socket.send(data));
        terminal.onClose((code) => socket.close(1000, `exit ${code ?? 'lost'}`));
        write = (data) => terminal.write(data);
        resize = (c, r) => terminal.resize(c, r);
        for (const data of early) terminal.write(data);
        if (socket.readyState !== socket.OPEN) release();
      } catch (error) {
        house.log.warn({ request_id: request.id, err: (error as Error).message }, 'terminal failed');
        socket.close(1011, 'the terminal can’t be opened');
      }
    },
  );
}

/**
 * Looks again and again whether its opener may still have it, and whether what it is of is still its opener's (it may
 * have passed to another customer); tells when not (4401) or it can't be asked (1011) (F61).
 */
function watchOpener(
  request: FastifyRequest,
  owns: () => Promise<boolean>,
  ended: (code: number, reason: string) => void,
): () => void {
  const watch = setInterval(() => {
    void Promise.all([request.stillPermitted(), owns()]).then(
      ([permitted, own]) => (permitted && own) || ended(4401, 'session ended'),
      () => ended(1011, 'try again'),
    );
  }, SESSION_CHECK_MS);
  return () => clearInterval(watch);
}

function oneMore(open: Map<string, number>, customerId: string): void {
  open.set(customerId, (open.get(customerId) ?? 0) + 1);
}

function oneLess(open: Map<string, number>, customerId: string): void {
  const left = (open.get(customerId) ?? 1) - 1;
  if (left > 0) open.set(customerId, left);
  else open.delete(customerId);
}

function jsonOf(data: Buffer): unknown {
  try {
    return JSON.parse(data.toString('utf8'));
  } catch {
    return null;
  }
}

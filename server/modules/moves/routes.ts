import { isIP } from 'node:net';
import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import {
  type App,
  act,
  actOnce,
  customerOf,
  id,
  instant,
  line,
  listOf,
  localized,
  page,
  paged,
  rule,
  servicesGranted,
} from '#kernel/http.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { type Move, moveList, type Told, toldOf } from './move-row.ts';
import { moveCancel, moveChange, moveDone, moveSchedule } from './move-schedule.ts';
import './tables.ts';

const window = { from: instant, until: instant };
const address = z
  .string()
  .max(45)
  .refine(...rule<string>((text) => isIP(text) !== 0, { zh: '请输入 IP 地址', en: 'Enter an IP address' }));

const told = z.object({
  service_id: z.string(),
  customer_id: z.string(),
  what: z.enum(['announced', 'changed', 'cancelled', 'done']),
  ...window,
  clause_id: z.string().nullable(),
  notice_id: z.string(),
  at: instant,
});
const moveShown = z.object({
  id,
  kind: z.enum(['planned', 'bad-node']),
  node_id: z.string().nullable(),
  services: z.array(z.string()),
  destination: localized,
  reason: z.string(),
  ...window,
  state: z.enum(['scheduled', 'cancelled', 'done']),
  old_address: z.string().nullable(),
  new_address: z.string().nullable(),
  created_at: instant,
  ended_at: instant.nullable(),
  told: z.array(told),
});
const ownMove = moveShown
  .pick({ id: true, kind: true, destination: true, reason: true, state: true })
  .extend({ ...window, service_id: z.string(), told_at: instant, new_address: z.string().nullable() });

export function routes(app: App, house: House): void {
  app.get(
    '/account/moves',
    {
      config: { access: 'customer', area: 'services', narrows: true },
      schema: {
        tags: ['outages'],
        querystring: z.object({ service: id.optional() }),
        response: { 200: z.object({ items: z.array(ownMove) }) },
      },
    },
    async (request) => {
      const { service } = request.query;
      const granted = servicesGranted(request.ctx);
      const rows = await house.db
        .selectFrom('moves_told as t')
        .innerJoin('moves_move as m', 'm.id', 't.move_id')
        .selectAll('m')
        .select(['t.service_id', 't.at as told_at'])
        .distinctOn(['m.id', 't.service_id'])
        .where('m.brand', '=', request.ctx.brand.id)
        .where('t.customer_id', '=', customerOf(request.ctx).customerId)
        .$if(service !== undefined, (q) => q.where('t.service_id', '=', service!))
        .$if(granted !== null, (q) => q.where((e) => e('t.service_id', '=', e.fn.any(e.val([...granted!])))))
        .orderBy('m.id', 'desc')
        .orderBy('t.service_id')
        .orderBy('t.at')
        .limit(200)
        .execute();
      return {
        items: rows.map((row) => {
          const { told: _, ...move } = shown(row, []);
          const { id, kind, destination, reason, state, from, until, new_address } = move;
          const told_at = row.told_at.toISOString();
          return {
            ...{ id, kind, destination, reason, state, from, until, new_address },
            service_id: row.service_id,
            told_at,
          };
        }),
      };
    },
  );

  staff(app, house);
}

function staff(app: App, house: House): void {
  app.get(
    '/staff/moves',
    {
      config: { access: 'staff', area: 'services' },
      schema: { tags: ['staff'], querystring: page, response: { 200: listOf(moveShown) } },
    },
    async (request) => {
      const moves = await moveList(house.db, request.ctx.brand.id, request.query.before);
      const evidence = await toldOf(
        house.db,
        moves.map((move) => move.id),
      );
      return paged(
        moves.map((move) =>
          shown(
            move,
            evidence.filter(({ move_id }) => move_id === move.id),
          ),
        ),
        (row) => row.id,
      );
    },
  );

  app.post(
    '/staff/moves',
    {
      config: { access: 'staff', area: 'services' },
      schema: {
        tags: ['staff'],
        body: z.object({
          kind: z.enum(['planned', 'bad-node']).default('planned'),
          node: id.nullable(),
          services: z.array(id).max(500).default([]),
          destination: z.object({ zh: line(1, 80), en: line(1, 80) }),
          reason: line(1, 500),
          ...window,
        }),
        response: { 201: z.object({ id }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { node, from, until, ...rest } = request.body;
        const wanted = { ...rest, nodeId: node, from: new Date(from), until: new Date(until) };
        return { status: 201, body: { id: await moveSchedule(tx, ctx, wanted) } };
      }),
  );

  app.post(
    '/staff/moves/:id/window',
    {
      config: { access: 'staff', area: 'services' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        body: z.object({ ...window, reason: line(1, 500) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { from, until, reason } = request.body;
      const input = { id: request.params.id, from: new Date(from), until: new Date(until), reason };
      await act(house, request, (tx, ctx) => moveChange(tx, ctx, input));
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/moves/:id/cancellation',
    {
      config: { access: 'staff', area: 'services' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        body: z.object({ reason: line(1, 500) }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { reason } = request.body;
      await act(house, request, (tx, ctx) => moveCancel(tx, ctx, { id: request.params.id, reason }));
      return reply.status(204).send(null);
    },
  );

  app.post(
    '/staff/moves/:id/completion',
    {
      config: { access: 'staff', area: 'services' },
      schema: {
        tags: ['staff'],
        params: z.object({ id }),
        body: z.object({ new_address: address.nullable() }),
        response: { 204: z.null() },
      },
    },
    async (request, reply) => {
      const { new_address: newAddress } = request.body;
      await act(house, request, (tx, ctx) => moveDone(tx, ctx, { id: request.params.id, newAddress }));
      return reply.status(204).send(null);
    },
  );
}

function shown(move: Move, evidence: readonly Told[]): z.infer<typeof moveShown> {
  const { id, kind, node_id, services, reason, state, old_address, new_address } = move;
  return {
    ...{ id, kind, node_id, services, reason, state, old_address, new_address },
    destination: move.destination as LocalizedText,
    from: move.from_at.toISOString(),
    until: move.until_at.toISOString(),
    created_at: move.created_at.toISOString(),
    ended_at: move.ended_at?.toISOString() ?? null,
    told: evidence.map(({ service_id, customer_id, what, clause_id, notice_id, from_at, until_at, at }) => ({
      ...{ service_id, customer_id, what, clause_id, notice_id },
      from: from_at.toISOString(),
      until: until_at.toISOString(),
      at: at.toISOString(),
    })),
  };
}

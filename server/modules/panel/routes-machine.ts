import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, act, actOnce, id, listOf } from '#kernel/http.ts';
import { freePorts, instancePower, isSsh, isWeb, mappingAdd, mappingRemove } from '#modules/compute/index.ts';
import { ownInstance } from './own-instance.ts';

const protocol = z.enum(['tcp', 'udp']);
const port = z.number().int().min(1).max(65_535);
const mapping = z.object({
  ...{ id, protocol, listen_port: port, target_port: port, fixed: z.boolean() },
  /** It leads nowhere until the customer's sites may be open (see GET /gates/website). */
  shut: z.boolean(),
});

/** What the owner does with the machine itself. */
export function machineRoutes(app: App, house: House): void {
  app.post(
    '/services/:id/power',
    {
      config: { access: 'customer', area: 'services' },
      schema: {
        tags: ['services'],
        params: z.object({ id }),
        body: z.object({ action: z.enum(['start', 'stop', 'restart']) }),
        response: { 202: z.object({}) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { view } = await ownInstance(tx, ctx, request.params.id);
        await instancePower(tx, ctx, { instanceId: view.instance.id, action: request.body.action });
        return { status: 202, body: {} };
      }),
  );

  app.get(
    '/services/:id/mappings',
    {
      config: { access: 'customer', area: 'services' },
      schema: {
        tags: ['services'],
        params: z.object({ id }),
        response: {
          200: listOf(mapping).extend({
            free: z.object({ tcp: z.array(port), udp: z.array(port) }),
            limit: z.number(),
          }),
        },
      },
    },
    async (request) => {
      const { view } = await ownInstance(house.db, request.ctx, request.params.id);
      const items = view.mappings.map((row) => ({
        id: row.id,
        protocol: row.protocol,
        listen_port: row.listen_port,
        target_port: row.target_port,
        fixed: isSsh(row, view.ports),
        shut: view.instance.web_shut && isWeb(row),
      }));
      const free = { tcp: freePorts(view, 'tcp'), udp: freePorts(view, 'udp') };
      return { items, next: null, free, limit: view.instance.ports };
    },
  );

  app.post(
    '/services/:id/mappings',
    {
      config: { access: 'customer', area: 'services' },
      schema: {
        tags: ['services'],
        params: z.object({ id }),
        body: z.object({ protocol, listen_port: port.optional(), target_port: port }),
        response: { 201: z.object({ id }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { view } = await ownInstance(tx, ctx, request.params.id);
        const { protocol, listen_port: listenPort, target_port: targetPort } = request.body;
        const made = await mappingAdd(tx, ctx, {
          instanceId: view.instance.id,
          protocol,
          listenPort,
          targetPort,
        });
        return { status: 201, body: { id: made } };
      }),
  );

  app.delete(
    '/services/:id/mappings/:mapping_id',
    {
      config: { access: 'customer', area: 'services' },
      schema: { tags: ['services'], params: z.object({ id, mapping_id: id }), response: { 204: z.null() } },
    },
    async (request, reply) => {
      const { id: serviceId, mapping_id: mappingId } = request.params;
      await act(house, request, async (tx, ctx) => {
        const { view } = await ownInstance(tx, ctx, serviceId);
        await mappingRemove(tx, ctx, { instanceId: view.instance.id, mappingId });
      });
      return reply.status(204).send(null);
    },
  );
}

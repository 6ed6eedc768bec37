import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, id, instant, listOf } from '#kernel/http.ts';
import './tables.ts';

const node = z.object({
  id,
  name: z.string(),
  product: z.string().nullable(),
  simulated: z.boolean(),
  enabled: z.boolean(),
  regions: z.array(z.string()),
  public_address: z.string(),
  cpus: z.number().nullable(),
  memory_bytes: z.number().nullable(),
  disk_bytes: z.number().nullable(),
  instances: z.number(),
  images: z.array(z.string()),
  seen_at: instant.nullable(),
  error: z.string().nullable(),
});

export function staffRoutes(app: App, house: House): void {
  app.get(
    '/staff/nodes/names',
    {
      // Whoever acts for services says on which node: an outage there, a move of what is on it.
      config: { access: 'staff', area: 'services' },
      schema: { tags: ['staff'], response: { 200: listOf(node.pick({ id: true, name: true })) } },
    },
    async () => ({
      items: await house.db
        .selectFrom('compute_node')
        .select(['id', 'name'])
        .orderBy('name')
        .limit(100)
        .execute(),
      next: null,
    }),
  );
  app.get(
    '/staff/nodes',
    {
      config: { access: 'staff', area: 'system' },
      schema: { tags: ['staff'], response: { 200: listOf(node) } },
    },
    async () => {
      const rows = await house.db
        .selectFrom('compute_node as n')
        .selectAll('n')
        .select((e) =>
          e
            .selectFrom('compute_instance as i')
            .whereRef('i.node_id', '=', 'n.id')
            .where('i.gone_at', 'is', null)
            .select((s) => s.fn.countAll<bigint>().as('count'))
            .as('instances'),
        )
        .orderBy('n.name')
        .limit(100)
        .execute();
      const number = (value: bigint | null) => (value === null ? null : Number(value));
      const items = rows.map((row) => ({
        id: row.id,
        name: row.name,
        product: row.product,
        simulated: row.simulated,
        enabled: row.enabled,
        regions: row.regions,
        public_address: row.public_address,
        cpus: row.cpus,
        memory_bytes: number(row.memory_bytes),
        disk_bytes: number(row.disk_bytes),
        instances: Number(row.instances ?? 0n),
        images: row.images,
        seen_at: row.seen_at?.toISOString() ?? null,
        error: row.error,
      }));
      return { items, next: null };
    },
  );
}

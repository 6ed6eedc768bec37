import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import type { NodeFacts } from './driver.ts';
import type { NodeConfig } from './node-config.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A node was asked what it is, and answered or didn't. */
    'node.looked': { nodeId: string; answers: boolean };
  }
}

/** Takes a node of the nodes file in; a changed entry changes the node. What instances stand on (subnet, ports) must stay. */
export async function nodeRegister(tx: Tx, config: NodeConfig): Promise<void> {
  const row = {
    name: config.name,
    driver: config.driver,
    config: JSON.stringify(config),
    regions: config.regions,
    public_address: config.public_address,
    subnet: config.subnet,
    port_from: config.port_from,
    port_to: config.port_to,
    enabled: true,
    simulated: config.driver === 'simulated',
  };
  await tx
    .insertInto('compute_node')
    .values({
      id: newId(),
      ...row,
      product: null,
      cpus: null,
      memory_bytes: null,
      disk_bytes: null,
      seen_at: null,
      error: null,
    })
    .onConflict((conflict) => conflict.column('name').doUpdateSet(row))
    .execute();
}

/** Nodes that the file no longer names take no new instances. */
export async function nodesRetire(tx: Tx, names: string[]): Promise<void> {
  await tx
    .updateTable('compute_node')
    .set({ enabled: false })
    .$if(names.length > 0, (q) => q.where('name', 'not in', names))
    .execute();
}

export async function nodeSeen(
  tx: Tx,
  ctx: Ctx,
  name: string,
  facts: NodeFacts | { error: string },
): Promise<void> {
  const set =
    'error' in facts
      ? { error: facts.error.slice(0, 500) }
      : {
          product: facts.product,
          simulated: facts.simulated,
          cpus: facts.cpus,
          memory_bytes: BigInt(facts.memoryBytes),
          disk_bytes: BigInt(facts.diskBytes),
          images: facts.images,
          seen_at: ctx.now,
          error: null,
        };
  const node = await tx
    .updateTable('compute_node')
    .set(set)
    .where('name', '=', name)
    .returning('id')
    .executeTakeFirst();
  if (node) await ctx.bus.emit(tx, ctx, 'node.looked', { nodeId: node.id, answers: !('error' in facts) });
}

/** How many nodes that take instances don't answer. */
export async function nodesTrouble(db: Db | Tx): Promise<number> {
  const { count } = await db
    .selectFrom('compute_node')
    .select((e) => e.fn.countAll<bigint>().as('count'))
    .where('enabled', '=', true)
    .where('error', 'is not', null)
    .executeTakeFirstOrThrow();
  return Number(count);
}

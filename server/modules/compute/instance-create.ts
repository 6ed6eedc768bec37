import { sql } from 'kysely';
import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { catalogueInForce, imageOf, type Plan } from '#modules/catalogue/index.ts';
import type { ServiceCreated } from '#modules/lifecycle/index.ts';
import { nodeConfig } from './node-config.ts';
import { reconcileSoon } from './reconcile-soon.ts';
import { downloadable, type Remote } from './remotes.ts';
import { webShutIn } from './restrain.ts';
import { problem, slotCount, slotPorts } from './rules.ts';
import { stepRecord } from './step-record.ts';
import './tables.ts';

/** What an order says of the machine. `sealedAccess` is sealed for the service's id (see access.ts). */
export const configuration = z.object({
  image: z.string(),
  hostname: z.string(),
  sealedAccess: z.instanceof(Buffer),
});

/** Finds room, takes an address and ports, and writes down what should be; the reconciler makes it so. */
export async function instanceCreate(tx: Tx, ctx: Ctx, service: ServiceCreated): Promise<void> {
  const { image: imageId, hostname, sealedAccess } = configuration.parse(service.configuration);
  const { document } = await catalogueInForce(tx, ctx.brand.id, ctx.now);
  const image = imageOf(document, imageId);
  const fetchable = await downloadable(tx);
  const place = await placeFor(tx, service.region, service.plan, imageId, (product) =>
    fetchable(image, product),
  );
  const { id: deployment } = await tx.selectFrom('kernel_deployment').select('id').executeTakeFirstOrThrow();
  const id = service.serviceId;
  await tx
    .insertInto('compute_instance')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: service.customerId,
      node_id: place.nodeId,
      name: `cp-${deployment}-${id.replaceAll('-', '').slice(-16)}`,
      slot: place.slot,
      hostname,
      image: imageId,
      image_remote: place.remote && JSON.stringify(place.remote),
      ...limitsOf(service.plan),
      wanted_power: 'running',
      allowed: 'yes',
      sealed_access: sealedAccess,
      web_shut: await webShutIn(tx, ctx, { customerId: service.customerId, region: service.region }),
      access_applied_at: null,
      power: null,
      observed_at: null,
      ready_at: null,
      gone_at: null,
      reconcile_at: null,
      last_error: null,
      gave_up_at: null,
      created_at: ctx.now,
    })
    .execute();
  await tx
    .insertInto('compute_mapping')
    .values({
      id: newId(),
      instance_id: id,
      node_id: place.nodeId,
      protocol: 'tcp',
      listen_port: place.sshPort,
      target_port: 22,
      created_at: ctx.now,
    })
    .execute();
  await stepRecord(tx, ctx, id, 'paid', 'done');
  await stepRecord(tx, ctx, id, 'reserved', 'done');
  await reconcileSoon(tx, id);
}

interface Place {
  nodeId: string;
  slot: number;
  sshPort: number;
  /** From where the node takes the image if it lacks it. */
  remote: Pick<Remote, 'server' | 'alias'> | null;
}

/** The node with most memory left that has the image and room; its row is locked, so two orders don't take one slot. */
async function placeFor(
  tx: Tx,
  region: string,
  plan: Plan,
  image: string,
  remoteFor: (product: string | null) => Remote | null,
): Promise<Place> {
  // Locked first, by a statement of its own: the one after it then counts what an order before us has taken.
  const locked = await tx
    .selectFrom('compute_node')
    .select('id')
    .where('enabled', '=', true)
    .where('seen_at', 'is not', null)
    .where('error', 'is', null)
    .where((e) => e.or([e('regions', '=', sql<string[]>`'{}'`), e(sql`${region}`, '=', e.fn.any('regions'))]))
    .orderBy('id')
    .forNoKeyUpdate()
    .execute();
  const nodes = await nodesWithUse(
    tx,
    locked.map((node) => node.id),
  );
  const withImage = nodes.filter((node) => node.images.includes(image) || remoteFor(node.product));
  if (nodes.length > 0 && withImage.length === 0) throw problem['image-unavailable']();

  const roomy = withImage
    .filter((node) => left(node) >= plan.memory_mb * 1_048_576)
    // A node that lacks the image would have to download it first.
    .sort((a, b) => Number(b.images.includes(image)) - Number(a.images.includes(image)) || left(b) - left(a));
  for (const node of roomy) {
    const space = { subnet: node.subnet, portFrom: node.port_from, portTo: node.port_to };
    const slot = await lowestFreeSlot(tx, node.id, slotCount(space));
    if (slot === null) continue;
    const { server, alias } = remoteFor(node.product) ?? {};
    const remote = server && alias ? { server, alias } : null;
    return { nodeId: node.id, slot, sshPort: slotPorts(space, slot, plan.ports).from, remote };
  }
  throw problem['no-capacity']();
}

type NodeWithUse = Awaited<ReturnType<typeof nodesWithUse>>[number];

/** Bytes that may still be promised. */
function left(node: NodeWithUse): number {
  const { memory_overcommit } = nodeConfig.parse(node.config);
  return Number(node.memory_bytes ?? 0n) * memory_overcommit - Number(node.memory_used ?? 0n);
}

/** The same of one node, which is locked: what is taken of it meanwhile is counted. */
export async function memoryLeft(tx: Tx, nodeId: string): Promise<number> {
  await tx.selectFrom('compute_node').select('id').where('id', '=', nodeId).forNoKeyUpdate().execute();
  const [node] = await nodesWithUse(tx, [nodeId]);
  return left(node!);
}

/** Nodes, each with the memory that its instances were promised. */
function nodesWithUse(tx: Tx, ids: string[]) {
  return tx
    .selectFrom('compute_node as n')
    .selectAll('n')
    .select((e) =>
      e
        .selectFrom('compute_instance as i')
        .whereRef('i.node_id', '=', 'n.id')
        .where('i.gone_at', 'is', null)
        .select((s) => [s.fn.coalesce(s.fn.sum<bigint>('i.memory_bytes'), sql<bigint>`0`).as('used')])
        .as('memory_used'),
    )
    .where((e) => e('n.id', '=', e.fn.any(e.val(ids))))
    .execute();
}

async function lowestFreeSlot(tx: Tx, nodeId: string, count: number): Promise<number | null> {
  if (count === 0) return null;
  const { rows } = await sql<{ slot: number }>`select slot from generate_series(0, ${count - 1}::int) slot
    where not exists (select from compute_instance i where i.node_id = ${nodeId} and i.slot = slot.slot)
    order by slot limit 1`.execute(tx);
  return rows[0]?.slot ?? null;
}

const MIB = 1_048_576n;
const GIB = 1_073_741_824n;

/** A plan's limits in the units of a machine's row. */
export function limitsOf(plan: Plan) {
  return {
    cpus: plan.cpus,
    memory_bytes: BigInt(plan.memory_mb) * MIB,
    disk_bytes: BigInt(plan.disk_gb) * GIB,
    processes: plan.processes,
    bandwidth_bps: BigInt(plan.bandwidth_mbps) * 1_000_000n,
    ports: plan.ports,
  };
}

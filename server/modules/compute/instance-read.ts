import type { Selectable } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import type { ImageSource, InstanceSpec } from './driver.ts';
import { nodeConfig } from './node-config.ts';
import { type Desired, isWeb, slotAddress, slotPorts } from './rules.ts';
import { specDigest } from './spec.ts';
import type { InstanceTable, MappingTable, NodeTable } from './tables.ts';
import './tables.ts';

export type Instance = Selectable<InstanceTable>;
export type Node = Selectable<NodeTable>;
export type Mapping = Selectable<MappingTable>;

export interface InstanceView {
  instance: Instance;
  node: Node;
  mappings: Mapping[];
  /** Null once its slot has been given back. */
  address: string | null;
  ports: { from: number; to: number } | null;
  /** The public port that leads to SSH. */
  sshPort: number | null;
  /**
   * Another's by now, and root's way in not yet that owner's: whatever was left inside to hinder that, nobody comes in by
   * a port meanwhile. The terminal leads in past the ports.
   */
  passing: boolean;
}

export async function instanceView(db: Db | Tx, id: string): Promise<InstanceView | null> {
  const instance = await db
    .selectFrom('compute_instance')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirst();
  if (!instance) return null;
  const [view] = await instanceViews(db, [instance]);
  return view!;
}

export async function instanceViews(db: Db | Tx, instances: Instance[]): Promise<InstanceView[]> {
  if (instances.length === 0) return [];
  const ids = instances.map((instance) => instance.id);
  const nodeIds = [...new Set(instances.map((instance) => instance.node_id))];
  const nodes = await db.selectFrom('compute_node').selectAll().where('id', 'in', nodeIds).execute();
  const mappings = await db
    .selectFrom('compute_mapping')
    .selectAll()
    .where('instance_id', 'in', ids)
    .orderBy('listen_port')
    .orderBy('protocol')
    .execute();
  return instances.map((instance) => {
    const node = nodes.find((candidate) => candidate.id === instance.node_id)!;
    const own = mappings.filter((mapping) => mapping.instance_id === instance.id);
    const space = spaceOf(node);
    const ports = instance.slot === null ? null : slotPorts(space, instance.slot, instance.ports);
    return {
      instance,
      node,
      mappings: own,
      address: instance.slot === null ? null : slotAddress(space, instance.slot),
      ports,
      sshPort: own.find((mapping) => isSsh(mapping, ports))?.listen_port ?? null,
      passing: instance.ready_at !== null && instance.access_applied_at === null,
    };
  });
}

/** The machines of these services, by service; a service of another product has none. */
export async function instancesShown(
  db: Db | Tx,
  ids: readonly string[],
): Promise<Map<string, InstanceView>> {
  const rows = await db.selectFrom('compute_instance').selectAll().where('id', 'in', ids).execute();
  return new Map((await instanceViews(db, rows)).map((view) => [view.instance.id, view]));
}

export function spaceOf(node: Node) {
  return { subnet: node.subnet, portFrom: node.port_from, portTo: node.port_to };
}

/** The mapping that came with the machine. */
export function isSsh(mapping: Mapping, ports: { from: number } | null): boolean {
  return mapping.protocol === 'tcp' && mapping.target_port === 22 && mapping.listen_port === ports?.from;
}

/** What the hypervisor is to bring about. */
export function specOf(view: InstanceView, deployment: string): InstanceSpec {
  const { instance, node } = view;
  const listenAddress = nodeConfig.parse(node.config).listen_address ?? node.public_address;
  const remote = instance.image_remote as ImageSource['remote'] | null;
  return {
    name: instance.name,
    deployment,
    serviceId: instance.id,
    image: { alias: instance.image, ...(remote ? { remote } : {}) },
    cpus: Math.min(instance.cpus, Number(instance.throttled_cpus ?? instance.cpus)),
    memoryBytes: Number(instance.memory_bytes),
    diskBytes: Number(instance.disk_bytes),
    processes: instance.processes,
    bandwidthBps: Number(instance.bandwidth_bps),
    address: view.address ?? '',
    ports: open(view).map((mapping) => ({
      protocol: mapping.protocol,
      listenAddress,
      listenPort: mapping.listen_port,
      targetPort: mapping.target_port,
    })),
  };
}

/** The mappings that lead somewhere; the others stand in wait. */
function open({ instance, mappings, passing }: InstanceView): Mapping[] {
  if (instance.unbound || passing) return [];
  return instance.web_shut ? mappings.filter((mapping) => !isWeb(mapping)) : mappings;
}

/** What should be, as the next step is chosen by. */
export function desiredOf({ instance }: InstanceView, spec: InstanceSpec): Desired {
  return {
    allowed: instance.allowed,
    wantedPower: instance.wanted_power,
    specDigest: specDigest(spec),
    restartDue: instance.restart_wanted > instance.restart_done,
    accessApplied: instance.access_applied_at !== null,
    everReady: instance.ready_at !== null,
  };
}

import {
  type Hypervisor,
  HypervisorError,
  type InstanceSpec,
  type NodeFacts,
  type ObservedInstance,
  type Trace,
} from '#modules/compute/driver.ts';
import { checkSpec, listenerKey } from '#modules/compute/spec.ts';
import { createInstance } from './create.ts';
import { execute, openTerminal } from './exec.ts';
import { endFlows } from './flows.ts';
import {
  deploymentKey,
  digestKey,
  endingFirst,
  mappingsNow,
  processorsFirst,
  replacement,
  serviceKey,
} from './instance-config.ts';
import {
  concerns,
  instancePath,
  isKind,
  isStopped,
  type LxdConfig,
  LxdNode,
  type ServerInfo,
  whenFree,
} from './node.ts';
import { PortClaims } from './port-claims.ts';
import { changePower, stop } from './power.ts';
import { readSamples } from './samples.ts';
import { Turns } from './turns.ts';

export type { LxdConfig } from './node.ts';

const configureTries = 5;

/** LXD 5.0 or newer, or Incus, by its REST API. See `Hypervisor` for what each method promises. */
export function lxdHypervisor(config: LxdConfig): Hypervisor {
  const node = new LxdNode(config);
  const claims = new PortClaims();
  // One at a time: side by side, LXD 5.0.2 mixes up the user ids that it gives out (see `hasSoundIds`).
  const creations = new Turns();

  async function create(spec: InstanceSpec): Promise<void> {
    checkSpec(spec, config.deployment);
    const listeners = spec.ports.map(listenerKey);
    await claims.hold(spec.name, listeners, () => creations.run('create', () => createInstance(node, spec)));
  }

  async function configure(spec: InstanceSpec): Promise<void> {
    checkSpec(spec, config.deployment);
    const listeners = spec.ports.map(listenerKey);
    await claims.hold(spec.name, listeners, async () => {
      if (listeners.length > 0) claims.check(spec.name, listeners, await node.listenersTaken());
      for (let tries = 1; !(await tryConfigure(spec)); tries += 1) {
        if (tries === configureTries) throw new HypervisorError('unreachable', `${spec.name} keeps changing`);
      }
    });
  }

  /** False when it isn't done yet: somebody else changed it between our look and our change, or something goes first. */
  async function tryConfigure(spec: InstanceSpec): Promise<boolean> {
    const { instance, etag } = await node.own(spec.name);
    if (instance.config[serviceKey] !== spec.serviceId) {
      throw new HypervisorError('conflict', `the name ${spec.name} is taken by another service`);
    }
    const ifMatch: Record<string, string> = etag ? { 'if-match': etag } : {};
    const layout = await node.layout();
    const mappings = node.here ? mappingsNow(instance, spec) : 'stand';
    if (mappings === 'ended') await endFlows(spec.address, spec.ports);
    const first = processorsFirst(instance, spec, layout) ?? endingFirst(mappings, instance, spec, layout);
    const body = first ?? replacement(instance, spec, layout);
    try {
      await whenFree(() => node.lxd.run('PUT', instancePath(spec.name), body, ifMatch));
      return first === null;
    } catch (error) {
      if (isKind(error, 'rejected') && /\(412\)$/.test(error.message)) return false;
      throw error;
    }
  }

  async function destroy(name: string): Promise<void> {
    await node.settle(name);
    const instance = (await node.find(name))?.instance;
    if (instance?.config[deploymentKey] !== config.deployment) return;
    if (!isStopped(instance)) await stop(node, name, 0);
    const address = instance.devices.eth0?.['ipv4.address'];
    // The next to have this address gets nothing that was meant for this one.
    if (node.here && address) await endFlows(address, []);
    await node.remove(name);
  }

  return {
    probe: () => probe(node),
    observe: (name) => observe(node, name),
    create,
    configure,
    power: (name, action, graceSeconds) => changePower(node, name, action, graceSeconds),
    destroy,
    traces: (name) => traces(node, name),
    async exec(name, command, options) {
      await node.own(name);
      return await execute(node.lxd, name, command, options);
    },
    async terminal(name, size) {
      await node.own(name);
      return await openTerminal(node.lxd, name, size);
    },
    samples: () => readSamples(node),
  };
}

/** The instance itself, and its root volume: a removal that broke off in between would leave the volume. */
async function traces(node: LxdNode, name: string): Promise<Trace[]> {
  const { pool } = node.config;
  const places: Omit<Trace, 'there'>[] = [
    { what: 'instance', place: instancePath(name) },
    { what: 'volume', place: `/1.0/storage-pools/${pool}/volumes/container/${encodeURIComponent(name)}` },
  ];
  return Promise.all(places.map(async (each) => ({ ...each, there: await node.has(each.place) })));
}

async function probe({ lxd, config }: LxdNode): Promise<NodeFacts> {
  const [server, resources, pool, aliases] = await Promise.all([
    lxd.get<ServerInfo>('/1.0'),
    lxd.get<{ cpu: { total: number }; memory: { total: number } }>('/1.0/resources'),
    lxd.get<{ space: { used: number; total: number } }>(`/1.0/storage-pools/${config.pool}/resources`),
    lxd.get<{ name: string }[]>('/1.0/images/aliases?recursion=1'),
  ]);
  return {
    product: `${server.environment.server} ${server.environment.server_version}`,
    simulated: false,
    cpus: resources.cpu.total,
    memoryBytes: resources.memory.total,
    diskBytes: pool.space.total,
    diskUsedBytes: pool.space.used,
    images: aliases.map((alias) => alias.name),
  };
}

async function observe(node: LxdNode, name: string | undefined): Promise<ObservedInstance[]> {
  const one = async (wanted: string) => {
    const found = await node.find(wanted);
    return found ? [found.instance] : [];
  };
  const [instances, tasks] = await Promise.all([
    name === undefined ? node.all() : one(name),
    node.runningTasks(),
  ]);
  return instances
    .filter((instance) => instance.config[deploymentKey] === node.config.deployment)
    .map((instance) => ({
      name: instance.name,
      serviceId: instance.config[serviceKey] ?? '',
      power: isStopped(instance) ? 'stopped' : 'running',
      busy: instance.status === 'Error' || tasks.some((task) => concerns(task, instance.name)),
      address: instance.devices.eth0?.['ipv4.address'] ?? null,
      specDigest: instance.config[digestKey] ?? null,
    }));
}

import type { InstanceSpec, PortMapping } from '#modules/compute/driver.ts';
import { specDigest } from '#modules/compute/spec.ts';

export const deploymentKey = 'user.cloudpact.deployment';
export const serviceKey = 'user.cloudpact.service';
export const digestKey = 'user.cloudpact.spec';

export type Devices = Record<string, Record<string, string>>;

/** GET /1.0/instances/NAME, what we read of it. */
export interface LxdInstance {
  name: string;
  status: string;
  architecture: string;
  description: string;
  ephemeral: boolean;
  stateful: boolean;
  last_used_at: string;
  config: Record<string, string>;
  devices: Devices;
}

export interface NodeLayout {
  pool: string;
  network: string;
  /** LXD lacks Incus's newer names for some keys, and the reverse. */
  flavour: 'lxd' | 'incus';
  /** False where the kernel can't police traffic that enters the bridge (no `act_police`). */
  limitEgress: boolean;
}

/** What a spec is in the hypervisor's keys, without the digest, which stands for "applied in full". */
export function instanceConfig(spec: InstanceSpec, node: NodeLayout): Record<string, string> {
  const wholeCpus = Math.max(1, Math.ceil(spec.cpus));
  return {
    'limits.cpu': String(wholeCpus),
    ...(Number.isInteger(spec.cpus)
      ? {}
      : { 'limits.cpu.allowance': `${Math.round(spec.cpus * 100)}ms/100ms` }),
    'limits.memory': `${spec.memoryBytes}B`,
    // Else a tenant at its memory limit swaps, and the disk's other users pay for it.
    'limits.memory.swap': 'false',
    'limits.processes': String(spec.processes),
    'security.privileged': 'false',
    'security.nesting': 'false',
    // Own user ids for each: kernel quotas counted by user (keys, inotify, pipes) aren't shared between tenants.
    'security.idmap.isolated': 'true',
    // The guest's view of the daemon is of no use to a tenant, and one door less.
    [node.flavour === 'incus' ? 'security.guestapi' : 'security.devlxd']: 'false',
    [deploymentKey]: spec.deployment,
    [serviceKey]: spec.serviceId,
  };
}

export function instanceDevices(spec: InstanceSpec, node: NodeLayout): Devices {
  const devices: Devices = {
    root: { type: 'disk', path: '/', pool: node.pool, size: `${spec.diskBytes}B` },
    eth0: {
      type: 'nic',
      name: 'eth0',
      network: node.network,
      'ipv4.address': spec.address,
      'limits.ingress': `${spec.bandwidthBps}bit`,
      ...(node.limitEgress ? { 'limits.egress': `${spec.bandwidthBps}bit` } : {}),
      'security.mac_filtering': 'true',
      'security.ipv4_filtering': 'true',
      'security.ipv6_filtering': 'true',
      'security.port_isolation': 'true',
    },
  };
  for (const port of spec.ports) devices[portDeviceName(port)] = portDevice(port, spec.address);
  return devices;
}

/** Kernel rules, no process: `nat=true` wants a concrete listen address and the NIC's static one. */
function portDevice(port: PortMapping, address: string): Record<string, string> {
  return {
    type: 'proxy',
    nat: 'true',
    listen: `${port.protocol}:${port.listenAddress}:${port.listenPort}`,
    connect: `${port.protocol}:${address}:${port.targetPort}`,
  };
}

function portDeviceName(port: PortMapping): string {
  return `${port.protocol}-${port.listenAddress}-${port.listenPort}`;
}

/** Listeners (as `listenerKey`) of the proxy devices of an instance, whoever made it. */
export function listenersOf(devices: Devices): string[] {
  return Object.values(devices).flatMap((device) => {
    const listen = device.type === 'proxy' ? /^(tcp|udp):(.+):(\d+)$/.exec(device.listen ?? '') : null;
    return listen ? [`${listen[1]}/${listen[2]}/${listen[3]}`] : [];
  });
}

/**
 * The same state with the number of processors alone, written in another way, or null when that number stays. LXD hands
 * processors out anew while it is still writing the limit down, and then by the old one; the PUT that follows changes
 * only how the number is written, and is served by what stands there already. Without it a running machine keeps its old
 * processors until something else starts or stops (seen with LXD 5.0.2).
 */
export function processorsFirst(current: LxdInstance, spec: InstanceSpec, node: NodeLayout) {
  const wanted = instanceConfig(spec, node)['limits.cpu']!;
  const limit = current.config['limits.cpu'] ?? '';
  if (current.status !== 'Running' || Number(limit) === Number(wanted)) return null;
  const { architecture, description, ephemeral, stateful, config, devices } = current;
  return {
    ...{ architecture, description, ephemeral, stateful, devices, profiles: [] },
    config: { ...config, 'limits.cpu': `0${wanted}` },
  };
}

/** In place of the digest while mappings that are no more may still have connections: it can't agree with any spec. */
const endingMark = 'ending';

/**
 * Whether mappings that the instance has are to go (`go`), have gone with connections of theirs perhaps left (`ended`), or
 * all of them stay (`stand`).
 */
export function mappingsNow(current: LxdInstance, spec: InstanceSpec): 'go' | 'ended' | 'stand' {
  const wanted = new Set(spec.ports.map((port) => leads(portDevice(port, spec.address))));
  const proxies = Object.values(current.devices).filter(({ type }) => type === 'proxy');
  if (proxies.some((device) => !wanted.has(leads(device)))) return 'go';
  return current.config[digestKey] === endingMark ? 'ended' : 'stand';
}

function leads({ listen, connect }: Record<string, string>): string {
  return `${listen}>${connect}`;
}

/**
 * Without the mappings that go, and without the digest, which says that all is done: their connections are ended when they
 * are gone, and a crash in between leaves the mark. Null when none go.
 */
export function endingFirst(
  mappings: ReturnType<typeof mappingsNow>,
  current: LxdInstance,
  spec: InstanceSpec,
  node: NodeLayout,
) {
  if (mappings !== 'go') return null;
  const body = replacement(current, spec, node);
  return { ...body, config: { ...body.config, [digestKey]: endingMark } };
}

/**
 * The whole new state of an instance for a PUT. What the hypervisor itself keeps there stays; any other key
 * that somebody put there by hand goes, so that configure mends drift as well.
 */
export function replacement(current: LxdInstance, spec: InstanceSpec, node: NodeLayout) {
  const kept = Object.entries(current.config).filter(([key]) => /^(volatile|image)\./.test(key));
  return {
    architecture: current.architecture,
    description: current.description,
    ephemeral: current.ephemeral,
    stateful: current.stateful,
    profiles: [],
    config: { ...Object.fromEntries(kept), ...instanceConfig(spec, node), [digestKey]: specDigest(spec) },
    devices: instanceDevices(spec, node),
  };
}

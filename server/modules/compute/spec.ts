import { createHash } from 'node:crypto';
import { isIPv4 } from 'node:net';
import { HypervisorError, type InstanceSpec, type PortMapping } from './driver.ts';

/** Ports below are the node's own (sshd, web, resolver …); no order and no bug may put a tenant there. */
export const lowestListenPort = 10_000;

/** Two mappings are the same listener when these agree, whatever they lead to. */
export function listenerKey(port: Pick<PortMapping, 'protocol' | 'listenAddress' | 'listenPort'>): string {
  return `${port.protocol}/${port.listenAddress}/${port.listenPort}`;
}

/**
 * Stable hash (32 hex digits) of all that `Hypervisor.configure` can bring about: identity, limits, address and
 * port mappings. The order of the mappings doesn't count. The image isn't part of it: only a new instance
 * changes that, so a digest with it would claim to have been applied when it was not.
 */
export function specDigest(spec: InstanceSpec): string {
  const ports = spec.ports.map((port) => `${listenerKey(port)}>${port.targetPort}`).sort();
  const canonical = JSON.stringify([
    spec.name,
    spec.deployment,
    spec.serviceId,
    spec.cpus,
    spec.memoryBytes,
    spec.diskBytes,
    spec.processes,
    spec.bandwidthBps,
    spec.address,
    ports,
  ]);
  return createHash('sha256').update(canonical).digest('hex').slice(0, 32);
}

/**
 * Refuses what must never reach a hypervisor, whatever the rooms above have checked; every driver asks first.
 * @param deployment the driver's own
 * @throws HypervisorError `rejected`
 */
export function checkSpec(spec: InstanceSpec, deployment: string): void {
  const wrong = (what: string) => new HypervisorError('rejected', `spec of ${spec.name}: ${what}`);
  if (spec.deployment !== deployment) throw wrong('it is of another deployment');
  if (!/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/.test(spec.name)) throw wrong('the name');
  if (!isIPv4(spec.address)) throw wrong('the address');
  if (!(spec.cpus > 0)) throw wrong('cpus');
  for (const limit of ['memoryBytes', 'diskBytes', 'processes', 'bandwidthBps'] as const) {
    if (!Number.isSafeInteger(spec[limit]) || spec[limit] <= 0) throw wrong(limit);
  }
  const seen = new Set<string>();
  for (const port of spec.ports) {
    const listener = listenerKey(port);
    if (!isIPv4(port.listenAddress) || port.listenAddress === '0.0.0.0')
      throw wrong(`${listener}: no concrete address`);
    if (!isPort(port.listenPort) || port.listenPort < lowestListenPort)
      throw wrong(`${listener} is the node's own`);
    if (!isPort(port.targetPort)) throw wrong(`${listener}: the target port`);
    if (seen.has(listener)) throw wrong(`${listener} twice`);
    seen.add(listener);
  }
}

function isPort(port: number): boolean {
  return Number.isInteger(port) && port >= 1 && port <= 65_535;
}

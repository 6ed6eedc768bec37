import { createHash } from 'node:crypto';
import type { InstanceSpec, PortMapping } from './driver.ts';

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

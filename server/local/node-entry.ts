import type { NodeEntry } from '#modules/compute/index.ts';
import type { LocalHypervisor } from './lxd.ts';

/** What the nodes file says of a hypervisor that was started here. */
export function nodeEntry(name: string, local: LocalHypervisor): NodeEntry {
  return {
    name,
    driver: 'lxd',
    endpoint: `unix:${local.socketPath}`,
    pool: local.pool,
    network: local.network,
    subnet: local.subnet,
    gateway: local.gateway,
    public_address: local.publicAddress,
    port_from: local.portFrom,
    port_to: local.portTo,
    limit_egress: local.limitEgress,
  };
}

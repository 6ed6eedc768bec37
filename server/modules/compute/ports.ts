import type { Hypervisor } from './driver.ts';

declare module '#kernel/house.ts' {
  interface Ports {
    /** The hypervisor of a node, by the node's name. Throws when the nodes file no longer has it. */
    hypervisors(nodeName: string): Hypervisor;
    /** Names what this deployment makes on hypervisors. */
    deployment: string;
    nodeNames: string[];
  }
}

import { join } from 'node:path';
import { simulatedHypervisor } from '#drivers/simulated/hypervisor.ts';
import { type Hypervisor, HypervisorError } from '#modules/compute/driver.ts';
import type { NodeConfig } from '#modules/compute/index.ts';
import { patrols } from '#modules/compute/jobs.ts';
import type { World } from '#server/world.ts';

/** Called before each call of the hypervisor; what it throws is what the caller gets. */
export type Trouble = (method: keyof Hypervisor, args: unknown[]) => void;

/** Options of a world whose simulated node fails when `node.trouble` says so. */
export function troubledNode() {
  const node: { trouble: Trouble | null; calls: string[] } = { trouble: null, calls: [] };
  const hypervisors = (config: NodeConfig, deployment: string): Hypervisor => {
    const real = simulatedHypervisor({ deployment, stateFile: config.state_file });
    return new Proxy(real, {
      get(target, name: keyof Hypervisor) {
        const method = target[name] as (...args: unknown[]) => Promise<unknown>;
        return async (...args: unknown[]) => {
          node.calls.push(name);
          node.trouble?.(name, args);
          return method.apply(target, args);
        };
      },
    });
  };
  return { node, hypervisors };
}

export function rejected(...methods: (keyof Hypervisor)[]): Trouble {
  return (method) => {
    if (methods.includes(method)) throw new HypervisorError('rejected', `no ${method} here`);
  };
}

export const unreachable: Trouble = () => {
  throw new HypervisorError('unreachable', 'connect ECONNREFUSED');
};

/** Looks at the node as the patrol does every 20 seconds, and lets what follows happen. */
export async function look(world: World, patrol = 'compute.observe'): Promise<void> {
  await patrols(world.server.house)
    .find(({ name }) => name === patrol)!
    .run();
  await world.drain();
}

/** The node as somebody outside our control has it. */
export function behindOurBack(world: World): Hypervisor {
  const { house } = world.server;
  return simulatedHypervisor({
    deployment: house.ports.deployment,
    stateFile: join(house.config.dataDir, 'simulated.json'),
  });
}

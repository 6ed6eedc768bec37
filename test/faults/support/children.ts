import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { NodeConfig } from '#modules/compute/index.ts';
import { simulatedNode, type World } from '#server/world.ts';

export interface ChildOrder {
  env: Record<string, string>;
  /** ISO instant at which its clock stands (or from which it ticks). */
  now: string;
  ticking?: boolean;
  nodes: NodeConfig[];
  /** False: it runs its own sweeps. */
  stepped?: boolean;
  /** Where it kills itself: around a call of the hypervisor, or before the first byte of a reply. */
  dieIn?:
    | {
        port: 'hypervisor';
        method: keyof import('#modules/compute/driver.ts').Hypervisor;
        when: 'before' | 'after';
      }
    | { port: 'reply'; path: string };
}

export interface Child {
  url: string;
  pid: number;
  /** The signal or exit code that ended it. */
  ended: Promise<string | number | null>;
  stop(): Promise<void>;
}

/** The node of a world made by `testWorld`, as another process has to know it. */
export function nodeOf(world: World): NodeConfig {
  return simulatedNode({ state_file: join(world.server.house.config.dataDir, 'simulated.json') });
}

/** Starts another server on a world's database, data directory and node. */
export async function startChild(
  world: World,
  role: 'api' | 'worker' | 'all',
  options: Partial<Omit<ChildOrder, 'env'>> & { tz?: string } = {},
): Promise<Child> {
  const { config } = world.server.house;
  const { tz, ...rest } = options;
  const order: ChildOrder = {
    env: {
      DATABASE_URL: config.databaseUrl,
      DATABASE_POOL: String(config.databasePool),
      CLOUDPACT_DATA_DIR: config.dataDir,
      CLOUDPACT_PUBLIC_URL: config.publicUrl,
      CLOUDPACT_ROLE: role,
      HOST: '127.0.0.1',
      PORT: '0',
    },
    now: world.clock.now().toISOString(),
    nodes: [nodeOf(world)],
    ...rest,
  };
  const child = spawn(process.execPath, [join(import.meta.dirname, 'child.ts')], {
    env: {
      ...process.env,
      ...(tz ? { TZ: tz } : {}),
      NODE_TEST_CONTEXT: '',
      CHILD_ORDER: JSON.stringify(order),
    },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = endOf(child);
  const ready = await Promise.race([once(child, 'message'), ended]);
  if (!Array.isArray(ready)) throw new Error(`the child ended with ${ready} before it was ready`);
  const [{ url }] = ready as [{ url: string }];
  return {
    url,
    pid: child.pid!,
    ended,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
      await ended;
    },
  };
}

async function endOf(child: ChildProcess): Promise<string | number | null> {
  const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
  return signal ?? code;
}

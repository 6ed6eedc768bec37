import { pino } from 'pino';
import { WorldClock } from '#kernel/clock.ts';
import { readConfig } from '#kernel/config.ts';
import { sweepAll } from '#kernel/sweeps.ts';
import type { NodeConfig } from '#modules/compute/index.ts';
import { openServer } from '#server/main.ts';
import { allSweeps } from '#server/worker.ts';

/** A process of renewals.ts or sweep.ts: a whole server that, when told, sweeps until nothing is due, and says what it took. */

export interface Order {
  env: Record<string, string>;
  /** ISO instant at which its clock stands. */
  now: string;
  nodes: NodeConfig[];
  /** Of these sweeps, one after the other; renewals alone when nothing is said. */
  sweeps?: string[];
}

export interface Done {
  handled: number;
  cpuSeconds: number;
}

process.once('message', async (order: Order) => {
  const clock = new WorldClock(new Date(order.now), { ticking: false });
  const server = await openServer({
    config: readConfig(order.env),
    clock,
    log: pino({ level: 'error', base: null }),
    nodes: order.nodes,
    stepped: true,
  });
  const { sweeps = ['lifecycle.renewals'] } = order;
  const wanted = allSweeps(server.house).filter(({ name }) => sweeps.includes(name));
  process.once('message', async () => {
    const before = process.cpuUsage();
    let handled = 0;
    for (const sweep of wanted) handled += await sweepAll(sweep, clock.now());
    const { user, system } = process.cpuUsage(before);
    process.send?.({ handled, cpuSeconds: (user + system) / 1e6 } satisfies Done);
    await server.close();
    process.disconnect();
  });
  process.send?.('ready');
});

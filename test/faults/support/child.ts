import { pino } from 'pino';
import { simulatedHypervisor } from '#drivers/simulated/hypervisor.ts';
import { WorldClock } from '#kernel/clock.ts';
import { readConfig } from '#kernel/config.ts';
import type { Hypervisor } from '#modules/compute/driver.ts';
import { openServer } from '#server/main.ts';
import type { ChildOrder } from './children.ts';

/** A whole server in a process of its own, which kills itself (SIGKILL) at the place that the test names. */

const order = JSON.parse(process.env.CHILD_ORDER ?? '') as ChildOrder;

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  // The signal ends us before anything else runs; this is for the compiler.
  for (;;);
}

function deadly(hypervisor: Hypervisor): Hypervisor {
  const { dieIn } = order;
  if (dieIn?.port !== 'hypervisor') return hypervisor;
  return new Proxy(hypervisor, {
    get(target, name) {
      const method = Reflect.get(target, name) as (...args: unknown[]) => Promise<unknown>;
      if (name !== dieIn.method) return method;
      return async (...args: unknown[]) => {
        if (dieIn.when === 'before') die();
        await method.apply(target, args);
        die();
      };
    },
  });
}

const server = await openServer({
  config: readConfig(order.env),
  clock: new WorldClock(new Date(order.now), { ticking: order.ticking ?? false }),
  log: pino({ level: process.env.WORLD_LOG ?? 'silent', base: null }),
  nodes: order.nodes,
  hypervisors: (node, deployment) => deadly(simulatedHypervisor({ deployment, stateFile: node.state_file })),
  stepped: order.stepped ?? true,
});

const { dieIn } = order;
if (dieIn?.port === 'reply') {
  server.app.server.prependListener('request', (request, response) => {
    if (request.method === 'POST' && request.url?.startsWith(dieIn.path)) response.writeHead = die;
  });
}
process.send?.({ type: 'ready', url: server.url });
process.on('SIGTERM', () => void server.close().then(() => process.exit()));

import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ok } from '#server/client.ts';
import { startPostgres } from '#server/local/postgres.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { openRealNode } from '#server/story/real-node.ts';
import { newSshKey } from '#server/story/ssh.ts';
import { openWorld } from '#server/world.ts';
import { p50, table } from './figures.ts';

/**
 * From a paid order to a running container, beside raw `lxc launch` of the same image and limits on the same pool
 * and network: both in one run, taking turns. The bar: at most 300 ms added at p50 over 20 runs.
 */

const RUNS = Number(process.env.BENCH_RUNS ?? 20);
const BAR_MS = 300;
const run = promisify(execFile);

const dir = await mkdtemp(join(tmpdir(), 'cloudpact-bench-'));
const { node, socketPath, stop } = await openRealNode(
  join(tmpdir(), 'cloudpact-bench-node'),
  () => undefined,
);
const postgres = await startPostgres({ dir, leaves: 'nothing', log: () => undefined });
const world = await openWorld({ adminUrl: postgres.adminUrl, ticking: true, nodes: [node] });
const key = await newSshKey();
const raw: number[] = [];
const ours: number[] = [];
const login: number[] = [];
try {
  const customer = new StoryCustomer(world.url);
  await customer.getReady('1000');
  for (let i = 0; i < RUNS; i++) {
    raw.push(await rawLaunch(`raw${i}`));
    const began = world.clock.now().getTime();
    const id = await customer.order({
      hostname: `bench${i}`,
      access: { type: 'ssh_key', public_key: key.publicKey },
    });
    await customer.until(id, ({ state }) => state === 'active');
    const { items } = await ok(customer.api.GET('/api/v1/services/{id}/steps', { params: { path: { id } } }));
    const at = (step: string) =>
      Date.parse(items.find((item) => item.step === step && item.state === 'done')!.at) - began;
    ours.push(at('started'));
    login.push(at('ready'));
    await world.server.house.ports.hypervisors(node.name).destroy(await nameOf(id));
  }
} finally {
  await key.remove();
  await world.close();
  await postgres.stop();
  await stop();
}

/** Limits as plan nat-s gives them. */
async function rawLaunch(name: string): Promise<number> {
  const env = { ...process.env, LXD_DIR: dirname(socketPath) };
  const config = ['limits.cpu=1', 'limits.memory=512MiB', 'limits.processes=500'].flatMap((item) => [
    '-c',
    item,
  ]);
  const disk = ['-d', 'root,size=5GiB'];
  const began = performance.now();
  const launched = run(
    'lxc',
    ['launch', 'debian-12', name, '-s', node.pool, '-n', node.network, ...config, ...disk],
    { env },
  );
  // It reads more configuration from standard input, and waits for its end.
  launched.child.stdin?.end();
  await launched;
  const took = performance.now() - began;
  await run('lxc', ['delete', '-f', name], { env });
  return took;
}

async function nameOf(id: string): Promise<string> {
  const { db } = world.server.house;
  return (
    await db.selectFrom('compute_instance').select('name').where('id', '=', id).executeTakeFirstOrThrow()
  ).name;
}

const added = p50(ours) - p50(raw);
table(`From paid order to running container, p50 of ${RUNS} runs`, [
  ['raw lxc launch', `${p50(raw).toFixed(0)} ms`, '1.00'],
  ['paid order to running container', `${p50(ours).toFixed(0)} ms`, (p50(ours) / p50(raw)).toFixed(2)],
  ['added', `${added.toFixed(0)} ms`, `bar ${BAR_MS} ms`],
  [
    'paid order to sshd answering, access in place',
    `${p50(login).toFixed(0)} ms`,
    (p50(login) / p50(raw)).toFixed(2),
  ],
]);
if (added > BAR_MS) process.exitCode = 1;

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import type { Config } from '#kernel/config.ts';
import { ok } from '#server/client.ts';
import { startPostgres } from '#server/local/postgres.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { openWorld, simulatedNode } from '#server/world.ts';
import { asOwner } from './as-owner.ts';
import { dueServices } from './due-services.ts';
import { table } from './figures.ts';
import type { Done, Order } from './renewals-worker.ts';

/**
 * What becomes due of many services, in one sweep: a million in the database, 3 % due at one instant, a third each to be
 * reminded, suspended and deleted. The bar: 5,000 a second or more while the API answers 99 of 100 calls in 100 ms.
 * One worker process, the API in another, PostgreSQL as `up` starts it, durable. BENCH_SERVICES makes it fewer.
 * BENCH_KILLS ends the worker so many times at random moments; the figures say whether everything was done once.
 */

const COUNT = Number(process.env.BENCH_SERVICES ?? 1_000_000);
const DUE = Math.round(COUNT * 0.03);
const KILLS = Number(process.env.BENCH_KILLS ?? 0);
const BAR = { perSecond: 5_000, p99Ms: 100 };

const dir = await mkdtemp(join(tmpdir(), 'cloudpact-bench-'));
const postgres = await startPostgres({ dir, leaves: 'nothing', log: () => undefined });
const env: Record<string, string> = {};
const world = await openWorld({ adminUrl: postgres.adminUrl, env });
const children: ChildProcess[] = [];
try {
  const customer = new StoryCustomer(world.url);
  await customer.getReady('30');
  const id = await customer.order({ access: { type: 'password', password: 'Plum-rain-and-9-geese' } });
  await customer.until(id, ({ state }) => state === 'active');
  await world.drain();
  const now = await dueServices(world.server, id, COUNT, DUE);
  await asOwner(world, 'analyze');
  world.clock.moveTo(now);
  // Notices stay in the outbox: delivering them is the mail server's time.
  env.CLOUDPACT_ROLE = 'api';
  await world.reopen();
  await customer.stayIn(now);

  const calls = { ms: [] as number[], stop: false };
  const api = (async () => {
    while (!calls.stop) {
      const began = performance.now();
      await ok(customer.api.GET('/api/v1/services', { params: { query: {} } }));
      calls.ms.push(performance.now() - began);
      await sleep(5);
    }
  })();
  let seconds = 0;
  let cpuSeconds = 0;
  for (let killed = 0, over = false; !over; killed++) {
    const after = killed < KILLS ? 200 + Math.random() * 1_500 : null;
    const worked = await work(world.server.house.config, now, after);
    seconds += worked.seconds;
    cpuSeconds += worked.done?.cpuSeconds ?? 0;
    over = worked.done !== null;
  }
  calls.stop = true;
  await api;
  const p99 = calls.ms.sort((a, b) => a - b)[Math.floor(calls.ms.length * 0.99)] ?? 0;

  const { rows } = await sql<{ what: string; services: bigint; acts: bigint; doubled: bigint }>`
    with acts as (
      select action as what, subject_id, count(*) as n from audit_event
      where action in ('service.reminded', 'service.suspended', 'service.deleted') and at = ${now} group by 1, 2)
    select what, count(*) as services, sum(n)::bigint as acts, count(*) filter (where n > 1) as doubled
    from acts group by 1 order by 1`.execute(world.server.house.db);
  const perSecond = Math.round(DUE / seconds);
  table(
    `${COUNT} services, ${DUE} due at one instant; killed ${KILLS} times; load ${loadavg()[0]!.toFixed(1)}`,
    [
      ['took', `${seconds.toFixed(2)} s`, `${perSecond} a second, bar ${BAR.perSecond}`],
      [
        'processor of the worker',
        `${cpuSeconds.toFixed(2)} s`,
        `${((cpuSeconds * 1e6) / DUE).toFixed(0)} µs each`,
      ],
      ['API meanwhile, p99', `${p99.toFixed(1)} ms`, `of ${calls.ms.length}, bar ${BAR.p99Ms} ms`],
      ...rows.map(({ what, services, acts, doubled }): [string, string, string] => [
        what,
        `${services} services`,
        `${acts} acts, ${doubled} doubled`,
      ]),
    ],
  );
  const done = rows.reduce((sum, { services }) => sum + Number(services), 0);
  const wrong = done !== DUE || rows.some(({ doubled }) => doubled > 0n);
  if (wrong || (KILLS === 0 && (perSecond < BAR.perSecond || p99 > BAR.p99Ms))) process.exitCode = 1;
} finally {
  for (const child of children) child.kill('SIGKILL');
  await world.close();
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
}

/** One worker process sweeps all that is due, or is killed after so long: then it says nothing. Without its start. */
async function work(config: Config, now: Date, killAfterMs: number | null) {
  const worker = fork(join(import.meta.dirname, 'renewals-worker.ts'));
  children.push(worker);
  const ended = once(worker, 'exit').then(() => null);
  const answered = () =>
    Promise.race([once(worker, 'message').then(([said]) => said as Done | 'ready'), ended]);
  const order: Order = {
    env: {
      DATABASE_URL: config.databaseUrl,
      CLOUDPACT_DATA_DIR: config.dataDir,
      CLOUDPACT_PUBLIC_URL: config.publicUrl,
      CLOUDPACT_ROLE: 'api',
      HOST: '127.0.0.1',
      PORT: '0',
    },
    now: now.toISOString(),
    nodes: [simulatedNode({ state_file: join(config.dataDir, 'simulated.json') })],
    sweeps: ['lifecycle.reminders', 'lifecycle.expiry', 'lifecycle.deletion'],
  };
  worker.send(order);
  if ((await answered()) !== 'ready') throw new Error('a worker did not start');
  const began = performance.now();
  worker.send('go');
  const killing = killAfterMs === null ? null : setTimeout(() => worker.kill('SIGKILL'), killAfterMs);
  const said = await answered();
  const seconds = (performance.now() - began) / 1_000;
  if (killing) clearTimeout(killing);
  worker.kill();
  return { seconds, done: said === 'ready' ? null : said };
}

import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import type { Config } from '#kernel/config.ts';
import { ledgerCheck } from '#modules/ledger/index.ts';
import { ok } from '#server/client.ts';
import { startPostgres } from '#server/local/postgres.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { openWorld, simulatedNode } from '#server/world.ts';
import { asOwner } from './as-owner.ts';
import { bareSeconds, type Written } from './bare-rows.ts';
import { cpuOf } from './cpu-of.ts';
import { table } from './figures.ts';
import { manyServices } from './many-services.ts';
import type { Done, Order } from './renewals-worker.ts';

/**
 * Renewals that are due all at once, end to end: price, order, ledger, invoice, due date, audit, notice in the outbox.
 * Two worker processes, PostgreSQL as `up` starts it, durable. The bar: a million in 60 s on two cores.
 * The ceiling: PostgreSQL alone writing those very rows, to tables with the same indexes and nothing that guards them.
 * BENCH_RENEWALS makes it fewer, whose time is then told for a million.
 */

const COUNT = Number(process.env.BENCH_RENEWALS ?? 1_000_000);
const BAR_SECONDS = 60;

const children: ChildProcess[] = [];
const dir = await mkdtemp(join(tmpdir(), 'cloudpact-bench-'));
const postgres = await startPostgres({ dir, leaves: 'nothing', log: () => undefined });
const env: Record<string, string> = {};
const world = await openWorld({ adminUrl: postgres.adminUrl, env });
try {
  const customer = new StoryCustomer(world.url);
  await customer.getReady('30');
  const id = await customer.order({ access: { type: 'password', password: 'Plum-rain-and-9-geese' } });
  await customer.until(id, ({ state }) => state === 'active');
  const params = { path: { id } };
  await ok(customer.api.PUT('/api/v1/services/{id}/auto-renewal', { params, body: { months: 1 } }));
  const due = await manyServices(world.server, customer, id, COUNT);
  await asOwner(world, 'analyze');
  world.clock.moveTo(due);
  // From here on the notices stay in the outbox: delivering them is the mail server's time.
  env.CLOUDPACT_ROLE = 'api';
  await world.reopen();
  const { house } = world.server;
  const { rows: before } = await sql<{ entry: bigint; event: bigint }>`
    select (select max(id) from ledger_entry) as entry, (select max(id) from audit_event) as event`.execute(
    house.db,
  );
  const workers = await Promise.all([startWorker(house.config, due), startWorker(house.config, due)]);

  const cpuBefore = cpuOf(postgres.pid, { children: true });
  const began = performance.now();
  const done = await Promise.all(workers.map((work) => work()));
  const seconds = (performance.now() - began) / 1_000;
  const cpu = (cpuOf(postgres.pid, { children: true }) - cpuBefore) / 1_000;

  const { rows } = await sql<{ orders: bigint; invoices: bigint; notices: bigint; renewed: bigint }>`
    select (select count(*) from billing_order where kind = 'renewal') as orders,
      (select count(*) from invoicing_invoice where kind = 'order') as invoices,
      (select count(*) from notify_notice where kind = 'service-renewed') as notices,
      (select count(*) from lifecycle_service where period_start > ${due}) as renewed`.execute(house.db);
  const counted = rows[0]!;
  const { sum, drift } = await ledgerCheck(house.db);
  const bare = await bareSeconds(world.ownerUrl, written(due, before[0]!), workers.length);
  table(`${COUNT} renewals due at one instant, two worker processes; load ${loadavg()[0]!.toFixed(1)}`, [
    ['took', `${seconds.toFixed(1)} s`, `${Math.round(COUNT / seconds)} a second`],
    ['a million', `${((seconds * 1e6) / COUNT).toFixed(0)} s`, `bar ${BAR_SECONDS} s`],
    ['those rows alone', `${bare.toFixed(1)} s`, `${(bare / seconds).toFixed(2)} of it`],
    ['processor: PostgreSQL', `${cpu.toFixed(1)} s`, `${((cpu * 1e6) / COUNT).toFixed(0)} µs each`],
    ...done.map(({ handled, cpuSeconds }, i): [string, string, string] => [
      `processor: worker ${i + 1}`,
      `${cpuSeconds.toFixed(1)} s`,
      `${((cpuSeconds * 1e6) / Math.max(1, handled)).toFixed(0)} µs each of ${handled}`,
    ]),
    ['orders, invoices, notices, services', Object.values(counted).join(', '), ''],
    ['ledger: sum, drift', `${sum}, ${drift}`, ''],
  ]);
  const wrong = counted.orders !== BigInt(COUNT) + 1n || sum !== 0n || drift !== 0n;
  if (wrong || (seconds * 1e6) / COUNT > BAR_SECONDS) process.exitCode = 1;
} finally {
  for (const child of children) child.kill();
  await world.close();
  await postgres.stop();
  await rm(dir, { recursive: true, force: true });
}

/** What renewals write. */
function written(due: Date, before: { entry: bigint; event: bigint }): Written[] {
  const since = `>= '${due.toISOString()}'`;
  const month = (column: string) => `${column} = ${column} + interval '1 month'`;
  return [
    { table: 'billing_order', where: `created_at ${since}` },
    { table: 'billing_accrual', where: `starts_at ${since}` },
    { table: 'invoicing_invoice', where: `issued_at ${since}` },
    { table: 'ledger_transaction', where: `at ${since}` },
    { table: 'ledger_entry', where: `id > ${before.entry}` },
    { table: 'audit_event', where: `id > ${before.event}` },
    { table: 'notify_notice', where: `created_at ${since}` },
    {
      table: 'lifecycle_service',
      where: `period_start > '${due.toISOString()}'`,
      update: ['period_start', 'period_end', 'remind_at', 'renew_at'].map(month).join(', '),
    },
  ];
}

/** Starts a process and returns what lets it begin and waits for its end. */
async function startWorker(config: Config, now: Date): Promise<() => Promise<Done>> {
  const child = fork(join(import.meta.dirname, 'renewals-worker.ts'));
  children.push(child);
  const answer = async (message: Order | 'go') => {
    const ended = once(child, 'exit').then(() => Promise.reject(new Error('a worker ended')));
    child.send(message);
    return (await Promise.race([once(child, 'message'), ended]))[0] as unknown;
  };
  await answer({
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
  });
  return async () => (await answer('go')) as Done;
}

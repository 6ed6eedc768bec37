import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '#kernel/clock.ts';
import { parseYuan } from '#kernel/money.ts';
import { ledgerCheck } from '#modules/ledger/index.ts';
import { type Postgres, startPostgres } from '#server/local/postgres.ts';
import { payAtSandbox } from '#server/story/alipay-payer.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import { openWorld, simulatedNode, type World } from '#server/world.ts';
import { readyCustomer } from '../support/world.ts';
import { begin, stateOf } from './support/channels.ts';
import { call, caller, ORDER, type Reply } from './support/wire.ts';

/** A PostgreSQL of its own, with fsync on; the API in this process, and a worker as `up` runs it: started again when it ends. */
let dir: string;
let postgres: Postgres;
let world: World;
let worker: { stop(): Promise<void>; starts: number };
let customer: StoryCustomer;

before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cloudpact-killed-'));
  postgres = await startPostgres({ dir: join(dir, 'pg'), log: () => undefined });
  const nodes = [simulatedNode({ state_file: join(dir, 'node.json'), memory_overcommit: 10 })];
  world = await openWorld({
    adminUrl: postgres.adminUrl,
    start: systemClock.now(),
    ticking: true,
    nodes,
    env: { CLOUDPACT_ROLE: 'api' },
  });
  await writeFile(join(dir, 'nodes.json'), JSON.stringify(nodes));
  worker = superviseWorker(world, join(dir, 'nodes.json'));
  customer = await readyCustomer(world, '2000');
});
after(async () => {
  await worker?.stop();
  await world?.close();
  await postgres?.stop();
  await rm(dir, { recursive: true, force: true });
});

function superviseWorker(of: World, nodesFile: string) {
  const { config } = of.server.house;
  const env = {
    PATH: process.env.PATH,
    DATABASE_URL: config.databaseUrl,
    CLOUDPACT_DATA_DIR: config.dataDir,
    CLOUDPACT_PUBLIC_URL: config.publicUrl,
    CLOUDPACT_ROLE: 'worker',
    CLOUDPACT_NODES_FILE: nodesFile,
    LOG_LEVEL: 'silent',
  };
  let child: ChildProcess | null = null;
  let wanted = true;
  const supervised = { starts: 0, stop };
  const running = (async () => {
    while (wanted) {
      supervised.starts += 1;
      child = spawn(process.execPath, [join(import.meta.dirname, '../../server/main.ts')], {
        env,
        stdio: 'ignore',
      });
      await once(child, 'exit');
      await sleep(200);
    }
  })();
  async function stop(): Promise<void> {
    wanted = false;
    child?.kill('SIGTERM');
    await running;
  }
  return supervised;
}

interface Diary {
  orders: Map<string, Reply>;
  statuses: Record<number, number>;
  paid: Set<string>;
}

/** Orders one after another, each with its own key, which is kept until an answer comes. */
async function orders(diary: Diary, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    const key = randomUUID();
    for (;;) {
      const reply = await call(caller(world, customer), '/orders', { body: ORDER, key });
      diary.statuses[reply.status] = (diary.statuses[reply.status] ?? 0) + 1;
      if (reply.status === 201) diary.orders.set(key, reply);
      if (reply.status < 500) break;
      await sleep(100);
    }
    await sleep(150);
  }
}

/** Tops up; what the API once showed as paid is acknowledged. */
async function topUps(diary: Diary, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    try {
      const payment = await begin(customer, '1');
      await payAtSandbox(payment.pay_url);
      await sleep(100);
      if ((await stateOf(customer, payment)) === 'paid') diary.paid.add(payment.id);
    } catch (error) {
      // 503 while PostgreSQL is away; anything else is not expected.
      assert.match(String(error), /503/);
      await sleep(200);
    }
  }
}

async function killAndStartAgain(): Promise<void> {
  process.kill(postgres.pid, 'SIGKILL');
  await postgres.exited;
  await sleep(700);
  postgres = await startPostgres({ dir: join(dir, 'pg'), log: () => undefined });
}

test('F03 PostgreSQL killed while orders and top-ups run: every acknowledged one is there, the ledger is whole', async () => {
  const diary: Diary = { orders: new Map(), statuses: {}, paid: new Set() };
  const over = new AbortController();
  const loops = [...Array.from({ length: 3 }, () => orders(diary, over.signal)), topUps(diary, over.signal)];
  const kills = (async () => {
    for (let kill = 0; kill < 2; kill++) {
      await sleep(1_500);
      await killAndStartAgain();
    }
    await sleep(1_500);
  })();
  // What fails ends all of it, so that nothing goes on behind the test's back.
  await Promise.race([kills, Promise.all(loops)]).finally(() => over.abort());
  await kills;
  await Promise.all(loops);

  const { db } = world.server.house;
  assert.ok((diary.statuses[503] ?? 0) > 0, 'meanwhile: not available');
  assert.deepEqual(
    Object.keys(diary.statuses).map(Number),
    [201, 503],
    `never anything else: ${JSON.stringify(diary.statuses)}`,
  );
  const rows = await db.selectFrom('billing_order').selectAll().execute();
  const acknowledged = [...diary.orders.values()].map(({ body }) => String(body.id));
  assert.ok(acknowledged.length > 10, `${acknowledged.length} orders were acknowledged`);
  assert.deepEqual(
    rows.map(({ id }) => id).sort(),
    acknowledged.sort(),
    'each acknowledged order, and no other',
  );
  for (const [key, { body }] of diary.orders)
    assert.deepEqual((await call(caller(world, customer), '/orders', { body: ORDER, key })).body, body);

  const payments = await db.selectFrom('payments_payment').selectAll().execute();
  const credited = payments.filter(({ state }) => state === 'paid');
  for (const id of diary.paid)
    assert.ok(
      credited.some((payment) => payment.id === id),
      'once paid, always paid',
    );
  const paidIn = credited.reduce((sum, { amount_micro }) => sum + amount_micro, 0n);
  const spent = rows.reduce((sum, { amount_micro }) => sum + amount_micro, 0n);
  assert.equal(parseYuan(await customer.balance()), paidIn - spent);
  assert.deepEqual(await ledgerCheck(db), { sum: 0n, drift: 0n });
});

test('F03 the worker comes back too: every paid order becomes one machine', async () => {
  const { db } = world.server.house;
  const waiting = () =>
    db.selectFrom('lifecycle_service').select('id').where('state', '!=', 'active').execute();
  const deadline = performance.now() + 60_000;
  while ((await waiting()).length > 0 && performance.now() < deadline) await sleep(200);
  assert.deepEqual(await waiting(), []);
  const services = await db.selectFrom('lifecycle_service').select('id').execute();
  const machines = await world.server.house.ports.hypervisors('simulated').observe();
  assert.deepEqual(machines.map(({ serviceId }) => serviceId).sort(), services.map(({ id }) => id).sort());
  assert.ok(worker.starts >= 2, 'it lost its leases with its database, and was started again');
});

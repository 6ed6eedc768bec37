import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sql } from 'kysely';
import { pino } from 'pino';
import { startSweeps, sweepAll } from '#kernel/sweeps.ts';
import { addDays, addMinutes } from '#kernel/time.ts';
import { ledgerCheck } from '#modules/ledger/index.ts';
import { openServer, type Server } from '#server/main.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import { allSweeps } from '#server/worker.ts';
import type { World } from '#server/world.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { nodeOf, startChild } from './support/children.ts';

const SERVICES = 8;
let world: World;
let customer: StoryCustomer;
let end: Date;

before(async () => {
  world = await testWorld();
  customer = await readyCustomer(world, '200');
  const ids = await Promise.all(
    Array.from({ length: SERVICES }, () => customer.order({ access: PASSWORD_ACCESS })),
  );
  for (const id of ids) await customer.until(id, ({ state }) => state === 'active');
  end = new Date((await customer.service(ids[0]!)).period_end);
});

/** Another whole server, with its worker, on the same database. */
function another(): Promise<Server> {
  const { config } = world.server.house;
  return openServer({
    config: { ...config, role: 'worker', port: 0 },
    clock: world.clock,
    log: pino({ level: 'silent' }),
    nodes: [nodeOf(world)],
    stepped: true,
  });
}

/** Every sweep of several servers at once, again and again until nothing is due anywhere. */
async function sweepTogether(servers: Server[]): Promise<void> {
  const now = world.clock.now();
  await Promise.all(
    servers.flatMap(({ house }) =>
      Array.from({ length: 3 }, () => Promise.all(allSweeps(house).map((sweep) => sweepAll(sweep, now)))),
    ),
  );
  await world.drain();
}

async function counts(): Promise<Record<string, number>> {
  const { rows } = await sql<{ name: string; n: bigint }>`
    select action as name, count(*) as n from audit_event where action like 'service.%' group by 1
    union all select kind, count(*) from notify_notice where kind like 'service-%' group by 1
    union all select 'mail ' || substr(subject, 6), count(*) from notify_sandbox_mail
      where subject like 'web1%' group by 1`.execute(world.server.house.db);
  return Object.fromEntries(rows.map(({ name, n }) => [name, Number(n)]));
}

test('F24 two servers’ schedulers at once: each reminder, suspension, notice and deletion once', async () => {
  const other = await another();
  try {
    const together = () => sweepTogether([world.server, other]);
    for (const days of [7, 3, 1]) {
      world.clock.moveTo(addDays(end, -days, 'Asia/Shanghai'));
      await together();
    }
    assert.equal((await counts())['service.reminded'], 3 * SERVICES);
    assert.equal((await counts())['service-reminder'], 3 * SERVICES);

    world.clock.moveTo(end);
    await together();
    const suspended = await counts();
    assert.equal(suspended['service.suspended'], SERVICES);
    assert.equal(suspended['service-suspended'], SERVICES);
    const mails = Object.entries(suspended).filter(([name]) => name.startsWith('mail '));
    assert.deepEqual(
      new Set(mails.map(([, n]) => n)),
      new Set([SERVICES]),
      'each mail went out once for each service',
    );
    assert.equal(mails.length, 5, 'ready, three reminders, suspension');

    world.clock.moveTo(addDays(end, 3, 'Asia/Shanghai'));
    await together();
    assert.equal((await counts())['service.deleted'], SERVICES);
    assert.equal((await other.house.ports.hypervisors('simulated').observe()).length, 0);
    assert.deepEqual(await ledgerCheck(world.server.house.db), { sum: 0n, drift: 0n });
  } finally {
    await other.close();
  }
});

test('F24 the revenue that many sweepers move at once is what was paid, once', async () => {
  const { rows } = await sql<{ kind: string; balance: bigint }>`select kind, balance_micro as balance
    from ledger_account where kind in ('revenue', 'deferred_revenue')`.execute(world.server.house.db);
  assert.deepEqual(Object.fromEntries(rows.map(({ kind, balance }) => [kind, balance])), {
    revenue: BigInt(SERVICES) * 9_900_000n,
    deferred_revenue: 0n,
  });
});

test('F24 two whole processes with their own sweep loops: one reminder each', async () => {
  await customer.stayIn(world.clock.now());
  const id = await customer.order({ access: PASSWORD_ACCESS });
  const service = await customer.until(id, ({ state }) => state === 'active');
  world.clock.moveTo(addDays(new Date(service.period_end), -7, 'Asia/Shanghai'));
  const before = (await counts())['service.reminded'] ?? 0;
  const children = await Promise.all([
    startChild(world, 'worker', { stepped: false }),
    startChild(world, 'worker', { stepped: false }),
  ]);
  const loop = startSweeps(
    allSweeps(world.server.house).map((sweep) => ({ ...sweep, everySeconds: 0.01 })),
    [],
    world.clock,
    pino({ level: 'silent' }),
  );
  try {
    const deadline = performance.now() + 20_000;
    while ((await counts())['service.reminded'] === before && performance.now() < deadline)
      await new Promise((resolve) => setTimeout(resolve, 20));
    await new Promise((resolve) => setTimeout(resolve, 1_000));
    await world.drain();
  } finally {
    await loop.stop();
    await Promise.all(children.map((child) => child.stop()));
  }
  assert.equal((await counts())['service.reminded'], before + 1);
  assert.ok(addMinutes(world.clock.now(), 1) < new Date(service.period_end));
});

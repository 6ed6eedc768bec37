import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { addDays } from '#kernel/time.ts';
import { ledgerCheck } from '#modules/ledger/index.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { startChild } from './support/children.ts';

const SERVICES = 40;
let world: World;
let customer: StoryCustomer;
let ids: string[];
before(async () => {
  world = await testWorld();
  customer = await readyCustomer(world, '1000');
  ids = [];
  for (let i = 0; i < SERVICES; i += 10)
    ids.push(
      ...(await Promise.all(Array.from({ length: 10 }, () => customer.order({ access: PASSWORD_ACCESS })))),
    );
  for (const id of ids) await customer.until(id, ({ state }) => state === 'active');
});

test('F06 the run over what is due killed at any point, again and again: none missed, none done twice', async () => {
  const { db } = world.server.house;
  const end = new Date((await customer.service(ids[0]!)).period_end);
  for (const [day, pauses] of [
    [-7, [0, 30]],
    [-1, [10, 60]],
    [0, [0, 20, 90]],
  ] as const) {
    world.clock.moveTo(addDays(end, day, 'Asia/Shanghai'));
    for (const pause of pauses) {
      // Its sweeps begin the moment it is ready; this is somewhere in the middle of them.
      const child = await startChild(world, 'worker', { stepped: false });
      await sleep(pause);
      process.kill(child.pid, 'SIGKILL');
      assert.equal(await child.ended, 'SIGKILL');
    }
    await world.advanceTo(world.clock.now());
  }
  // Jobs that a killed worker held are given back by the living one within seconds.
  const deadline = performance.now() + 30_000;
  const queued = () => db.selectFrom('notify_notice').select('id').where('state', '=', 'queued').execute();
  while ((await queued()).length > 0 && performance.now() < deadline) await sleep(100);
  await world.drain();

  const events = await db
    .selectFrom('audit_event')
    .select(['action', 'subject_id'])
    .where('action', 'in', ['service.reminded', 'service.suspended'])
    .execute();
  const of = (action: string) =>
    events.filter((event) => event.action === action).map((event) => event.subject_id);
  assert.deepEqual(of('service.suspended').sort(), [...ids].sort());
  assert.deepEqual(of('service.reminded').sort(), [...ids, ...ids].sort(), '7 days and 1 day before');
  const sent = await db
    .selectFrom('notify_notice')
    .select(['kind', 'state'])
    .where('kind', 'in', ['service-reminder', 'service-suspended'])
    .execute();
  assert.equal(sent.length, 3 * SERVICES);
  assert.deepEqual(new Set(sent.map(({ state }) => state)), new Set(['sent']));
  const accounts = await db.selectFrom('ledger_account').select(['kind', 'balance_micro']).execute();
  const balance = (kind: string) => accounts.find((account) => account.kind === kind)?.balance_micro;
  assert.equal(balance('revenue'), BigInt(SERVICES) * 9_900_000n);
  assert.equal(balance('deferred_revenue'), 0n);
  assert.deepEqual(await ledgerCheck(db), { sum: 0n, drift: 0n });
});

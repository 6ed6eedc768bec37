import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sweepAll } from '#kernel/sweeps.ts';
import { addDays, addMinutes, nextMidnight } from '#kernel/time.ts';
import { ledgerCheck } from '#modules/ledger/index.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import { allSweeps } from '#server/worker.ts';
import type { World } from '#server/world.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

const ZONE = 'Asia/Shanghai';
const PAID = 9_900_000n;
let world: World;
let customer: StoryCustomer;
let start: Date;
let end: Date;
let id: string;

before(async () => {
  // A month of 31 days, bought at 10:20:07; its price is no multiple of its days or seconds.
  world = await testWorld({ start: new Date('2026-03-02T02:20:07Z') });
  customer = await readyCustomer(world, '30');
  id = await customer.order({ access: PASSWORD_ACCESS });
  const service = await customer.until(id, ({ state }) => state === 'active');
  [start, end] = [new Date(service.period_start), new Date(service.period_end)];
});

async function books() {
  const { db } = world.server.house;
  const rows = await db.selectFrom('ledger_account').select(['kind', 'balance_micro']).execute();
  const of = (kind: string) => rows.find((row) => row.kind === kind)?.balance_micro ?? 0n;
  assert.deepEqual(await ledgerCheck(db), { sum: 0n, drift: 0n });
  return { deferred: of('deferred_revenue'), revenue: of('revenue'), cash: of('customer_cash') };
}

function earned(at: Date): bigint {
  return (PAID * BigInt(at.getTime() - start.getTime())) / BigInt(end.getTime() - start.getTime());
}

async function entries(): Promise<number> {
  return (await world.server.house.db.selectFrom('ledger_entry').select('id').execute()).length;
}

test('paid in advance is deferred, nothing is earned yet', async () => {
  assert.deepEqual(await books(), { deferred: PAID, revenue: 0n, cash: 20_100_000n });
});

test('earned as the days pass, at each midnight of the brand, to the millisecond of the period', async () => {
  let midnight = start;
  for (let day = 0; day < 5; day++) {
    midnight = nextMidnight(midnight, ZONE);
    await world.advanceTo(midnight);
    const { deferred, revenue } = await books();
    assert.equal(revenue, earned(midnight), `day ${day}`);
    assert.equal(deferred + revenue, PAID);
  }
});

test('F18 the clock a day on, and a day on again, and looked at three times each: nothing is billed or earned twice', async () => {
  for (let i = 0; i < 2; i++) {
    const tomorrow = addDays(world.clock.now(), 1, ZONE);
    await world.advanceTo(tomorrow);
    const once = { ...(await books()), entries: await entries() };
    for (let look = 0; look < 3; look++) {
      for (const sweep of allSweeps(world.server.house)) await sweepAll(sweep, world.clock.now());
    }
    await world.reopen();
    await world.advanceTo(tomorrow);
    assert.deepEqual({ ...(await books()), entries: await entries() }, once);
    assert.equal(once.cash, 20_100_000n, 'no second charge');
  }
});

test('a renewal in advance is deferred and earned in its own period only', async () => {
  await customer.renew(id);
  const now = world.clock.now();
  await world.advanceTo(addMinutes(end, -1));
  await customer.stayIn(world.clock.now());
  const before = await books();
  assert.ok(before.revenue < PAID);
  assert.equal(before.revenue + before.deferred, 2n * PAID);
  assert.ok(now < world.clock.now());
  await world.advanceTo(end);
  assert.deepEqual(await books(), { deferred: PAID, revenue: PAID, cash: 10_200_000n });
});

test('at the end exactly what was paid has been earned, and nothing moves afterwards', async () => {
  await customer.stayIn(world.clock.now());
  const { period_end } = await customer.service(id);
  await world.advanceTo(new Date(period_end));
  const last = await books();
  assert.deepEqual(last, { deferred: 0n, revenue: 2n * PAID, cash: 10_200_000n });
  const count = await entries();
  await world.advanceTo(addDays(new Date(period_end), 10, ZONE));
  assert.deepEqual(await books(), last);
  assert.equal(await entries(), count);
});

test('F18 every period of a service was ordered once', async () => {
  const orders = await world.server.house.db.selectFrom('billing_order').selectAll().execute();
  assert.deepEqual(
    orders.map(({ amount_micro, state }) => [amount_micro, state]),
    [
      [PAID, 'paid'],
      [PAID, 'paid'],
    ],
  );
});

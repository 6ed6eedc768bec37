import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays, nextMidnight } from '#kernel/time.ts';
import { ledgerCheck } from '#modules/ledger/index.ts';
import { ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { STORE, stateOf } from '../support/arrears.ts';
import { BRAND, event, labBrands, labOf, ZONE } from '../support/metering.ts';
import { testWorld } from '../support/world.ts';

/** 七牛云 7.4: after an end for arrears the debt stays, with a late fee; whoever pays before it pays none. */

async function keeping(units: number) {
  const world = await testWorld({
    start: new Date('2026-03-01T16:00:00Z'),
    brandsDir: await labBrands([STORE]),
  });
  const customer = new StoryCustomer(world.url);
  await customer.getReady('45');
  const lab = await labOf(world, customer, world.url);
  await lab.open('bucket', 'store');
  const sent = await lab.send([event('store.level', 'bucket', world.clock.now(), { units })]);
  assert.equal(sent.status, 200, JSON.stringify(sent.json));
  const goTo = async (instant: Date) => {
    await world.advanceTo(instant);
    await customer.stayIn(instant);
  };
  const owing = async () =>
    (await ok(customer.api.GET('/api/v1/debts'))).items.filter(({ closed_at }) => !closed_at);
  const fees = () =>
    world.server.house.db
      .selectFrom('audit_event')
      .select(['clause_id', 'at', 'facts'])
      .where('customer_id', '=', lab.customerId)
      .where('action', '=', 'debt.late-fee')
      .orderBy('at')
      .execute();
  return { world, customer, lab, goTo, owing, fees };
}

const sum = (numbers: readonly string[]) => numbers.reduce((total, text) => total + Number(text), 0);

test('[qiniu 7.4] no late fee in the thirty days in which it can be paid; after the end 0.05 % of what is unpaid for each natural day, on what was charged later too', async () => {
  const { world, lab, goTo, owing, fees } = await keeping(10);
  await goTo(addDays(world.clock.now(), 6, ZONE));
  const frozen = await stateOf(world, BRAND, lab.customerId);
  assert.equal(frozen.state, 'frozen');
  await goTo(frozen.until!);
  assert.equal((await stateOf(world, BRAND, lab.customerId)).state, 'ended');
  assert.equal(sum((await owing()).map(({ late_fee }) => late_fee)), 0);
  assert.deepEqual(await fees(), [], 'thirty days frozen cost no fee');
  const ended = nextMidnight(frozen.until!, ZONE);
  await goTo(addDays(ended, 3, ZONE));
  const debts = await owing();
  const [first] = await fees();
  assert.equal(first?.clause_id, '7.4');
  assert.ok(first.at >= ended, 'from the midnight after the end');
  // Four midnights have passed for what was owed at the end, three for what its last day left.
  const days = debts.map(({ amount, late_fee }) => Math.round(Number(late_fee) / (Number(amount) * 0.0005)));
  assert.deepEqual(new Set(days), new Set([3, 4]));
  assert.equal(days.filter((count) => count === 3).length, 1);
  assert.deepEqual(await ledgerCheck(world.server.house.db), { sum: 0n, drift: 0n });
});

test('[qiniu 7.4] [qiniu 7.2.2] who pays on the thirtieth day pays what was charged, and no late fee', async () => {
  const { world, customer, lab, goTo, owing, fees } = await keeping(10);
  await goTo(addDays(world.clock.now(), 6, ZONE));
  const { until } = await stateOf(world, BRAND, lab.customerId);
  await goTo(addDays(until!, -0.5, ZONE));
  await customer.topUp('400');
  await world.drain();
  assert.equal((await stateOf(world, BRAND, lab.customerId)).state, 'running');
  assert.deepEqual([await owing(), await fees()], [[], []]);
});

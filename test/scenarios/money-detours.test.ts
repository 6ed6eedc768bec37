import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { addDays } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { books, idOf, refusedBy } from '../support/money.ts';
import { decideNewest, type StaffApi, staffMember } from '../support/staff.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

/** Ways round what money may do: gifts that would become cash, money that would leave while it is held back. */

const ZONE = 'Asia/Shanghai';
let world: World;
let site: string;
let clerks = 0;
before(async () => {
  world = await testWorld();
  const { brands } = world.server.house;
  site = brands.url(brands.get('asiayun'), world.url);
});

async function grant(customer: StoryCustomer, amount: string): Promise<void> {
  const staff = await staffMember(world, `giver-${++clerks}`);
  const body = {
    ...{ amount, products: [], reason: 'a welcome' },
    name: { zh: '赠金', en: 'Gift' },
    expires_at: addDays(world.clock.now(), 60, ZONE).toISOString(),
  };
  const params = { path: { id: await idOf(customer) } };
  await ok(staff.POST('/api/v1/staff/customers/{id}/gifts', { params, body }));
}

async function purse({ api }: StoryCustomer) {
  const { balance, gift } = await ok(api.GET('/api/v1/balance'));
  return { balance, gift };
}

test('[lantian 5.4] what a smaller plan leaves becomes time, paid with the very money that came back: a gift that came meanwhile stays one', async () => {
  const customer = await readyCustomer(world, '40');
  const id = await customer.order({ access: PASSWORD_ACCESS, plan: 'nat-l' });
  await customer.until(id, ({ state }) => state === 'active');
  await grant(customer, '100');
  assert.deepEqual(await purse(customer), { balance: '0.10', gift: '100.00' });
  const params = { path: { id } };
  const body = { plan: 'nat-s', options: { disk_gb: 15 } };
  const done = await ok(customer.api.POST('/api/v1/services/{id}/changes', { params, body }));
  assert.deepEqual([done.left, done.becomes], ['24.00', 'time']);
  assert.deepEqual(await purse(customer), { balance: '0.10', gift: '100.00' }, 'nothing changed hands');
  await books(world);
});

test('the same where a gift had paid for it: time for what came back of the gift, and cash stays cash', async () => {
  const customer = await readyCustomer(world, '50');
  await grant(customer, '39.90');
  const id = await customer.order({ access: PASSWORD_ACCESS, plan: 'nat-l' });
  await customer.until(id, ({ state }) => state === 'active');
  assert.deepEqual(await purse(customer), { balance: '50.00', gift: '0.00' });
  const params = { path: { id } };
  const body = { plan: 'nat-s', options: { disk_gb: 15 } };
  await ok(customer.api.POST('/api/v1/services/{id}/changes', { params, body }));
  assert.deepEqual(await purse(customer), { balance: '50.00', gift: '0.00' });
  await books(world);
});

let customer: StoryCustomer;
let one: StaffApi;
let two: StaffApi;
beforeEach(async (t) => {
  if (!t.name.startsWith('[asiayun')) return;
  customer = new StoryCustomer(site);
  await customer.getReady('80');
  one = await staffMember(world, `one-${++clerks}`, site);
  two = await staffMember(world, `two-${++clerks}`, site);
});

const withdraw = async (amount: string) =>
  (await ok(customer.api.POST('/api/v1/funds/withdrawals', { body: { amount } }))).id;
const decide = (id: string, approve: boolean) =>
  ok(
    one.POST('/api/v1/staff/withdrawals/{id}/decision', {
      params: { path: { id } },
      body: { approve, reason: 'as asked for' },
    }),
  );
const stateOf = async (id: string) =>
  (await ok(customer.api.GET('/api/v1/funds/withdrawals'))).items.find((item) => item.id === id)!.state;
const freezeAll = async () =>
  ok(
    one.POST('/api/v1/staff/customers/{id}/freezes', {
      params: { path: { id: await idOf(customer) } },
      body: { amount: null, reason: '5.4.3', explanation: '短时间内多次异常充值' },
    }),
  );

test('[asiayun 5.4] a withdrawal that was asked for before all was frozen doesn’t leave while it is', async () => {
  const id = await withdraw('50');
  const { id: freeze } = await freezeAll();
  await assert.rejects(decide(id, true), refusedBy('money-frozen'));
  assert.equal(await stateOf(id), 'requested');
  const params = { path: { id: freeze } };
  const body = { outcome: 'lift' as const, reason: '已核实' };
  await ok(one.POST('/api/v1/staff/freezes/{id}/outcome', { params, body }));
  await decide(id, true);
  await world.drain();
  assert.equal(await stateOf(id), 'settled');
  await books(world);
});

test('[asiayun 5.4] nor does one that waits for a second member of the staff', async () => {
  await customer.topUp('2000');
  const id = await withdraw('1500');
  await decide(id, true);
  await freezeAll();
  await assert.rejects(decideNewest(two, true), refusedBy('money-frozen'));
  assert.equal(await stateOf(id), 'approving');
  await decideNewest(two, false);
  await decide(id, false);
  await books(world);
});

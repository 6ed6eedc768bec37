import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { parseYuan } from '#kernel/money.ts';
import { addMinutes } from '#kernel/time.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { someIdNumber } from '#server/story/identity.ts';
import type { World } from '#server/world.ts';
import { call, type Request } from '../api/call.ts';
import { brandWith } from '../support/money.ts';
import { testWorld } from '../support/world.ts';

/** What a check costs where the terms say so: told before, taken once, given back when nobody answered. */

let world: World;

before(async () => {
  const brandsDir = await brandWith('terms.yaml', [
    [
      'required_in: mainland-regions, keep: result-only }',
      'required_in: mainland-regions, keep: result-only, attempts: { per_day: 4, free: 1, fee: "1.50" }, accounts: { most: 2, beyond: refuse } }',
    ],
  ]);
  world = await testWorld({ brandsDir });
});

async function newcomer(balance: string | null): Promise<StoryCustomer> {
  const customer = new StoryCustomer(world.url);
  await customer.signUp();
  await customer.acceptTerms();
  if (balance) await customer.topUp(balance);
  return customer;
}

function ask(customer: StoryCustomer, method: string, path: string, request: Request = {}) {
  return call(world, method, path, { cookie: customer.api.cookie(), ...request });
}

function attempt(customer: StoryCustomer, name: string, more: object = {}) {
  const body = { name, id_number: someIdNumber(), ...more };
  return ask(customer, 'POST', '/account/real-name', { body });
}

async function fee(customer: StoryCustomer): Promise<string> {
  const { json } = await ask(customer, 'GET', '/account/real-name');
  return (json.attempts as { fee: string }).fee;
}

/** What the brand earned by checks. */
async function revenue(): Promise<bigint> {
  const row = await world.server.house.db
    .selectFrom('ledger_account')
    .select('balance_micro')
    .where('kind', '=', 'revenue')
    .where('owner', '=', 'real-name')
    .executeTakeFirst();
  return row?.balance_micro ?? 0n;
}

test('[lantian 2.2] the first attempt is free; the next says its price, is made when that is agreed to, and is revenue of its own', async () => {
  const customer = await newcomer('2');
  assert.equal(await fee(customer), '0.00');
  assert.equal((await attempt(customer, '不一致')).status, 200);
  assert.equal(await fee(customer), '1.50');
  const untold = await attempt(customer, '张三');
  assert.deepEqual([untold.status, untold.json.code, untold.json.fee], [402, 'real-name-fee', '1.50']);
  const other = await attempt(customer, '张三', { accept_fee: '1.00' });
  assert.equal(other.json.code, 'real-name-fee', 'just this fee, no other');
  assert.equal(await customer.balance(), '2.00');
  assert.equal((await attempt(customer, '不一致', { accept_fee: '1.50' })).json.result, 'fail');
  assert.equal(await customer.balance(), '0.50');
  assert.equal(await revenue(), parseYuan('1.50'));
  const poor = await attempt(customer, '张三', { accept_fee: '1.50' });
  assert.deepEqual([poor.status, poor.json.code], [402, 'insufficient-balance']);
  const { json } = await ask(customer, 'GET', '/account/real-name');
  const { made } = json.attempts as { made: { fee: string; result: string }[] };
  assert.deepEqual(
    made.map(({ fee: paid, result }) => `${result} ${paid}`),
    ['fail 1.50', 'fail 0.00'],
  );
  const charge = await world.server.house.db
    .selectFrom('invoicing_charge')
    .select(['product', 'amount_micro', 'cash_micro'])
    .execute();
  assert.deepEqual(charge, [
    { product: 'real-name', amount_micro: parseYuan('1.50'), cash_micro: parseYuan('1.50') },
  ]);
});

test('F43: an authority that isn’t there costs nothing and counts as nothing, and so does an attempt that died on the way', async () => {
  const customer = await newcomer('10');
  await attempt(customer, '不一致');
  const earned = await revenue();
  const { ports } = world.server.house;
  const real = ports.realName;
  ports.realName = { ...real, check: async () => 'unavailable' };
  const away = await attempt(customer, '张三', { accept_fee: '1.50' });
  assert.deepEqual([away.status, away.json.code], [503, 'real-name-unavailable']);
  assert.deepEqual([await customer.balance(), await revenue()], ['10.00', earned]);

  ports.realName = {
    ...real,
    check: () => {
      throw new Error('broken');
    },
  };
  assert.equal((await attempt(customer, '张三', { accept_fee: '1.50' })).status, 500);
  assert.deepEqual([await customer.balance(), await revenue()], ['10.00', earned]);

  // As after a process that died: asked, and nobody there to hear the answer.
  ports.realName = { ...real, check: () => new Promise(() => undefined) };
  const lost = attempt(customer, '张三', { accept_fee: '1.50' }).catch(() => null);
  for (let tries = 0; (await customer.balance()) === '10.00' && tries < 200; tries++)
    await new Promise((resolve) => setTimeout(resolve, 20));
  ports.realName = real;
  assert.equal((await attempt(customer, '张三', { accept_fee: '1.50' })).json.code, 'real-name-busy');
  await world.advanceTo(addMinutes(world.clock.now(), 11));
  assert.deepEqual([await customer.balance(), await revenue()], ['10.00', earned]);
  assert.equal((await attempt(customer, '张三', { accept_fee: '1.50' })).json.result, 'pass');
  assert.equal(await customer.balance(), '8.50');
  void lost;
});

test('an identity has as many accounts as the terms say, and no more', async () => {
  const idNumber = someIdNumber();
  const results: string[] = [];
  for (let i = 0; i < 3; i++) {
    const customer = await newcomer(null);
    const reply = await attempt(customer, '张三', { id_number: idNumber });
    results.push(reply.status === 200 ? String(reply.json.result) : String(reply.json.code));
  }
  assert.deepEqual(results, ['pass', 'pass', 'identity-used']);
});

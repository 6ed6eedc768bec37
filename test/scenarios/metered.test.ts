import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { parseYuan } from '#kernel/money.ts';
import { addMinutes } from '#kernel/time.ts';
import { ledgerCheck } from '#modules/ledger/index.ts';
import { ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { BRAND, event, type Lab, labOf } from '../support/metering.ts';
import { testWorld } from '../support/world.ts';

/** 七牛云 as it is sold: 2,000 GB kept for eight days, some traffic, a budget, a balance that doesn't last. */

const GB = 1_073_741_824;
const DAY = 24 * 60;
const start = new Date('2026-02-28T16:00:00Z');
const day = (days: number, minutes = 0) => addMinutes(start, days * DAY + minutes);
let world: World;
let customer: StoryCustomer;
let lab: Lab;
const events: string[] = [];

before(async () => {
  world = await testWorld({ start });
  const url = `http://${BRAND}.localhost:${new URL(world.url).port}`;
  customer = new StoryCustomer(url);
  await customer.getReady('50');
  const { bus } = world.server.house;
  const { id } = (await ok(customer.api.GET('/api/v1/auth/session'))).customer!;
  for (const name of ['spending.stopped', 'spending.resumed', 'arrears.began', 'arrears.ended'] as const)
    bus.on(name, async (_tx, _ctx, { customerId }) => {
      if (customerId === id) events.push(name);
    });
  lab = await labOf(world, customer, world.url.replace('localhost', `${BRAND}.localhost`));
});

const charges = async () => (await ok(customer.api.GET('/api/v1/usage/charges'))).items;
const notices = async (kind: string) =>
  (await ok(customer.api.GET('/api/v1/notices'))).items.filter((notice) => notice.kind === kind).length;

async function budget(name: string, amount: string): Promise<string> {
  const body = { name, amount, percents: [50, 80, 100], stop: true };
  return (await ok(customer.api.POST('/api/v1/usage/budgets', { body }))).id;
}

test('the first day: kept by the hour, charged at its end, the free part first', async () => {
  await lab.open('photos', 'object-storage');
  await lab.open('www.example.com', 'fusion-cdn');
  const level = event('storage.level', 'photos', start, { bytes: 2_000 * GB, class: 'standard' });
  assert.equal((await lab.send([level])).json.accepted, 1);
  await world.advanceTo(day(0, 12 * 60 + 30));
  const estimate = await ok(customer.api.GET('/api/v1/usage/estimate'));
  // Half a day and a half hour of 2,000 GB, of which 300 GB-days are free.
  assert.equal(Number(estimate.total).toFixed(4), ((2_000 * (12.5 / 24) - 300) * 0.0049).toFixed(4));
  assert.deepEqual(await charges(), []);
  await world.advanceTo(day(1, 5));
  assert.deepEqual(
    (await charges()).map(({ meter, amount }) => [meter, amount]),
    [['stored', '8.33']],
  );
  assert.equal(await customer.balance(), '41.67');
});

test('budgets tell once at each threshold, and the stop that the customer set cites it', async () => {
  const small = await budget('small', '9');
  const all = await budget('all', '30');
  await world.advanceTo(day(1, 60 + 10));
  assert.deepEqual(events, []);
  await world.advanceTo(day(4, 10));
  // small: 50, 80 and 100 % when it was made and soon after; all: 50, 80, 100 % on the second to fourth day.
  assert.equal(await notices('budget-alert'), 6);
  assert.equal(await notices('spending-stopped'), 2);
  assert.deepEqual(events, ['spending.stopped', 'spending.stopped']);
  const { items } = await ok(customer.api.GET('/api/v1/usage/budgets'));
  assert.ok(items.every(({ stopped_at }) => stopped_at !== null));
  const params = { path: { id: small } };
  const body = { name: 'small', amount: '5000', percents: [], stop: true };
  await customer.api.PUT('/api/v1/usage/budgets/{id}', { params, body });
  await world.advanceTo(day(4, 20));
  assert.equal(events.at(-1), 'spending.resumed');
  const of = (product?: string) =>
    ok(
      customer.api.PUT('/api/v1/usage/budgets/{id}', {
        params: { path: { id: all } },
        body: { name: 'all', amount: '30', percents: [], stop: true, ...(product ? { product } : {}) },
      }),
    );
  await of('fusion-cdn');
  assert.deepEqual(events.slice(-2), ['spending.resumed', 'spending.resumed'], 'what it stopped goes on');
  await world.advanceTo(day(4, 30));
  const after = (await ok(customer.api.GET('/api/v1/usage/budgets'))).items;
  assert.ok(after.every(({ stopped_at }) => stopped_at === null));
  await of();
  await world.advanceTo(day(4, 40));
  assert.equal(events.at(-1), 'spending.stopped');
});

test('more than the balance: the rest is owed, the customer is told once, money that comes pays it', async () => {
  await lab.send([event('cdn.traffic', 'www.example.com', day(4, 15), { bytes: 100 * GB })]);
  await world.advanceTo(day(5, 10));
  assert.equal((await charges())[0]?.amount, '21.60', '10 GB of 100 are free');
  assert.equal(await customer.balance(), '0.00');
  assert.equal(events.at(-1), 'arrears.began');
  await world.advanceTo(day(6, 10));
  assert.equal(events.filter((name) => name === 'arrears.began').length, 1);
  assert.equal(await notices('arrears-began'), 1);
  await customer.topUp('100');
  assert.equal(events.at(-1), 'arrears.ended');
  assert.ok(Number(await customer.balance()) > 60);
  assert.deepEqual(await ledgerCheck(world.server.house.db), { sum: 0n, drift: 0n });
});

test('at the end the days sum to the exact price of all of it; each line can be explained to the event', async () => {
  await world.advanceTo(day(8));
  await lab.close('photos', 'object-storage');
  await world.advanceTo(day(9, 10));
  const stored = (await charges()).filter(({ meter }) => meter === 'stored');
  assert.equal(stored.length, 8);
  const total = stored.reduce((sum, { amount }) => sum + parseYuan(amount), 0n);
  assert.equal(total, (2_000n * 8n - 300n) * 4_900n);
  const params = { path: { id: stored.at(-1)!.id } };
  const explained = await ok(customer.api.GET('/api/v1/usage/charges/{id}/explain', { params }));
  assert.deepEqual(
    explained.parts.map(({ kind, tier }) => [kind, tier]),
    [
      ['free', null],
      ['tier', 1],
    ],
  );
  assert.equal(explained.parts[1]?.tariff?.version, '2025-01');
  assert.equal(explained.readings.length, 24);
  const products = explained.parts.reduce((sum, { product }) => sum + BigInt(product), 0n);
  const exact = products + BigInt(explained.carried_in) - BigInt(explained.carried_out);
  assert.equal(parseYuan(explained.amount) * BigInt(explained.unit_size), exact);
  assert.deepEqual(
    explained.readings[0]?.sample.map(({ value }) => value),
    [String(2_000 * GB)],
  );
});

test('another customer sees none of it, and a stop ends with its month', async () => {
  const other = new StoryCustomer(world.url.replace('localhost', `${BRAND}.localhost`));
  await other.getReady(null);
  const [charge] = await charges();
  const { items } = await ok(customer.api.GET('/api/v1/usage/budgets'));
  const answers = await Promise.all([
    other.api.GET('/api/v1/usage/charges/{id}/explain', { params: { path: { id: charge!.id } } }),
    other.api.DELETE('/api/v1/usage/budgets/{id}', { params: { path: { id: items[0]!.id } } }),
  ]);
  assert.deepEqual(
    answers.map(({ response }) => response.status),
    [404, 404],
  );
  assert.deepEqual((await ok(other.api.GET('/api/v1/usage/charges'))).items, []);
  events.length = 0;
  await world.advanceTo(day(31));
  assert.deepEqual(events, ['spending.resumed']);
});

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addDays } from '#kernel/time.ts';
import { type Api, ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { books, staffOf } from '../support/money.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

const ZONE = 'Asia/Shanghai';
let world: World;
let staff: Api;
let [one, two, poor]: StoryCustomer[] = [];
const service = new Map<StoryCustomer, string>();

before(async () => {
  world = await testWorld({ seed: true, start: new Date('2026-03-01T02:00:00Z') });
  staff = await staffOf(world);
  await coupon({ code: 'STAY', per_customer: 3, in_all: 6 });
  one = await bought('100', 'STAY');
  two = await bought('100', 'STAY');
  poor = await bought('10', 'STAY');
});

async function coupon(more: object) {
  const off = { kind: 'percent' as const, percent: '10' };
  const name = { zh: '老客户优惠', en: 'For those who stay' };
  await ok(staff.POST('/api/v1/staff/coupons', { body: { name, off, renewals: true, ...more } as never }));
}
async function bought(money: string, code: string): Promise<StoryCustomer> {
  const customer = await readyCustomer(world, money);
  const id = await customer.order({ access: PASSWORD_ACCESS, coupon: code } as never);
  await customer.until(id, ({ state }) => state === 'active');
  const params = { path: { id } };
  await ok(customer.api.PUT('/api/v1/services/{id}/auto-renewal', { params, body: { months: 1 } }));
  service.set(customer, id);
  return customer;
}
const used = async (code: string) =>
  (await ok(staff.GET('/api/v1/staff/coupons'))).items.find((row) => row.code === code)!.used;
const amounts = async (customer: StoryCustomer) =>
  (await ok(customer.api.GET('/api/v1/orders'))).items.map(({ amount }) => amount);
const preview = async (customer: StoryCustomer) =>
  ok(
    customer.api.GET('/api/v1/services/{id}/renewals/preview', {
      params: { path: { id: service.get(customer)! }, query: { months: 1 } },
    }),
  );
/** To the next time that all are renewed by themselves. */
async function nextRenewal() {
  const end = new Date((await one!.service(service.get(one!)!)).period_end);
  await world.advanceTo(addDays(end, -7, ZONE));
  for (const customer of [one!, two!, poor!]) await customer.stayIn(world.clock.now());
  staff = await staffOf(world);
}

test('a coupon for renewals takes off at each renewal by itself, and is counted each time', async () => {
  assert.equal(await used('STAY'), 3);
  assert.deepEqual([(await preview(one!)).total, (await preview(one!)).discount], ['8.91', '0.99']);
  await nextRenewal();
  assert.deepEqual(await amounts(one!), ['8.91', '8.91']);
  assert.deepEqual(await amounts(two!), ['8.91', '8.91']);
});

test('what can’t be paid uses no coupon', async () => {
  assert.deepEqual(await amounts(poor!), ['8.91']);
  assert.equal(await used('STAY'), 5);
  assert.ok(await books(world));
});

test('after the last use the price is the whole one, for whoever comes later in a batch too', async () => {
  await nextRenewal();
  const third = [(await amounts(one!))[0], (await amounts(two!))[0]].sort();
  assert.deepEqual(third, ['8.91', '9.90'], 'one use was left for both');
  assert.equal(await used('STAY'), 6);
  assert.equal((await preview(one!)).total, '9.90');
  await nextRenewal();
  assert.deepEqual([(await amounts(one!))[0], (await amounts(two!))[0]], ['9.90', '9.90']);
});

test('a limit for each customer ends it for that customer; a disabled coupon ends it for all', async () => {
  await coupon({ code: 'TWICE', per_customer: 2 });
  one = await bought('100', 'TWICE');
  await nextRenewal();
  assert.deepEqual(await amounts(one), ['8.91', '8.91']);
  await nextRenewal();
  assert.deepEqual((await amounts(one))[0], '9.90');
  assert.equal(await used('TWICE'), 2);
  await coupon({ code: 'GOES' });
  one = await bought('100', 'GOES');
  const { items } = await ok(staff.GET('/api/v1/staff/coupons'));
  const { id } = items.find((row) => row.code === 'GOES')!;
  await ok(staff.POST('/api/v1/staff/coupons/{id}/disable', { params: { path: { id } } }));
  await nextRenewal();
  assert.deepEqual((await amounts(one))[0], '9.90');
  assert.ok(await books(world));
});

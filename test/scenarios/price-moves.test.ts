import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addDays } from '#kernel/time.ts';
import { type Api, ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { books, brandWith, staffOf } from '../support/money.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

const ZONE = 'Asia/Shanghai';
/** As yunfuwuqi S3.1 has it, with a week: a change is announced on the site and by mail before it holds. */
const ANNOUNCED: [string, string][] = [
  [
    'refund: { clause: "5.4", rule: none }',
    'refund: { clause: "5.4", rule: none }\n  price_change: { clause: "5.1", notice_days: 7, channels: [site, email] }',
  ],
];

let world: World;
let staff: Api;
let customer: StoryCustomer;
let first: string;
let second: string;
let week: Date;
before(async () => {
  world = await testWorld({
    seed: true,
    brandsDir: await brandWith('terms.yaml', ANNOUNCED),
    start: new Date('2026-03-01T02:00:00Z'),
  });
  staff = await staffOf(world);
  customer = await readyCustomer(world, '200');
  first = await customer.order({ access: PASSWORD_ACCESS });
  await customer.until(first, ({ state }) => state === 'active');
});

const path = (id: string) => ({ params: { path: { id } } });
const service = (id: string) => ok(customer.api.GET('/api/v1/services/{id}', path(id)));
const moves = async () => (await ok(customer.api.GET('/api/v1/price-moves'))).items;
const renew = (id: string) =>
  ok(customer.api.POST('/api/v1/services/{id}/renewals', { ...path(id), body: { months: 1 } }));
const notices = async () =>
  (await ok(customer.api.GET('/api/v1/notices'))).items.filter(({ kind }) => kind === 'price-change');
async function importPrice(from: string, to: string, running: 'keep' | 'move') {
  const { csv } = await ok(staff.GET('/api/v1/staff/prices'));
  assert.ok(csv.includes(from));
  const made = await ok(
    staff.POST('/api/v1/staff/prices', { body: { csv: csv.replace(from, to), running } }),
  );
  await world.drain();
  return made;
}
async function moveTo(instant: Date) {
  await world.advanceTo(instant);
  await customer.stayIn(instant);
  staff = await staffOf(world);
}

test('[yunfuwuqi S3.1] whose service moves to a new price is told the old one, the new one and from when', async () => {
  week = addDays(world.clock.now(), 7, ZONE);
  await importPrice('nat-s,,9.90', 'nat-s,,12.50', 'move');
  const [told] = await notices();
  assert.match(told!.body, /每月 9\.90 元 → 12\.50 元/);
  assert.deepEqual((await service(first)).price_ahead, { price: '12.50', from: week.toISOString() });
  assert.equal((await service(first)).price, '9.90');
  assert.deepEqual(
    (await moves()).map(({ service_id, from, to, from_at }) => [service_id, from, to, from_at]),
    [[first, '9.90', '12.50', week.toISOString()]],
  );
  const { items } = await ok(customer.api.GET('/api/v1/price-changes'));
  assert.equal(items[0]!.running, 'move');
  const [event] = await customer.history(first);
  assert.deepEqual([event?.action, event?.clause?.id], ['service.price-announced', '5.1']);
});

test('[yunfuwuqi S3.1] who buys meanwhile pays the price in force, and is told of the new one for its renewals', async () => {
  second = await customer.order({ access: PASSWORD_ACCESS });
  await customer.until(second, ({ state }) => state === 'active');
  assert.equal((await service(second)).price, '9.90');
  assert.equal((await service(second)).price_ahead?.price, '12.50');
  assert.equal((await notices()).length, 2);
});

test('[asiayun 3.5] a renewal before its day costs what it did, whatever period it pays', async () => {
  assert.equal((await renew(second)).amount, '9.90');
  assert.equal((await service(second)).price_ahead?.price, '12.50');
});

test('[lantian 5.1] from its day the price that is shown is the one that a renewal takes, and what is paid stays', async () => {
  const before = (await service(first)).period_end;
  await ok(customer.api.PUT('/api/v1/services/{id}/auto-renewal', { ...path(first), body: { months: 1 } }));
  await moveTo(week);
  const shown = await service(first);
  assert.deepEqual([shown.price, shown.price_ahead, shown.period_end], ['12.50', null, before]);
  const preview = await ok(
    customer.api.GET('/api/v1/services/{id}/renewals/preview', {
      params: { path: { id: first }, query: { months: 1 } },
    }),
  );
  assert.equal(preview.total, '12.50');
  const cash = await customer.balance();
  await moveTo(addDays(new Date(before), -7, ZONE));
  assert.equal((Number(cash) - Number(await customer.balance())).toFixed(2), '12.50');
  const renewed = (await customer.history(first)).find(({ action }) => action === 'service.renewed');
  assert.deepEqual((renewed!.facts as { price?: unknown }).price, { from: '9.90', to: '12.50' });
  assert.deepEqual(
    (await moves()).map(({ service_id }) => service_id),
    [second],
    'what has come with a renewal is over',
  );
  assert.equal((await renew(first)).amount, '12.50', 'and stays the service’s price');
});

test('a change of plan ends what was announced of the old one; a list without it leaves services theirs', async () => {
  await ok(
    customer.api.POST('/api/v1/services/{id}/changes', {
      ...path(second),
      body: { plan: 'nat-m', options: {} },
    }),
  );
  await world.drain();
  assert.deepEqual(await moves(), []);
  assert.equal((await service(second)).price, '19.90');
  await importPrice('nat-m,,19.90', 'nat-m,,25.00', 'keep');
  assert.deepEqual(await moves(), []);
  await moveTo(addDays(world.clock.now(), 8, ZONE));
  assert.equal((await renew(second)).amount, '19.90');
  assert.ok(await books(world));
});

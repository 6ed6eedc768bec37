import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addDays, addMinutes } from '#kernel/time.ts';
import { ledgerCheck } from '#modules/ledger/index.ts';
import { ApiProblem, ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

const ZONE = 'Asia/Shanghai';
const PRICE = 9.9;
let world: World;
let customer: StoryCustomer;
let id: string;

before(async () => {
  world = await testWorld({ start: new Date('2026-01-31T02:00:00Z') });
  customer = await readyCustomer(world, '30');
  id = await customer.order({ access: PASSWORD_ACCESS });
  await customer.until(id, ({ state }) => state === 'active');
});

async function moveTo(instant: Date): Promise<void> {
  await world.advanceTo(instant);
  await customer.stayIn(instant);
}

function autoRenew(months: number | null) {
  return ok(
    customer.api.PUT('/api/v1/services/{id}/auto-renewal', { params: { path: { id } }, body: { months } }),
  );
}

async function subjects(): Promise<string[]> {
  const { items } = await ok(customer.api.GET('/api/v1/dev/mailbox'));
  return items.filter(({ to }) => to === customer.email).map(({ subject }) => subject);
}

async function orders(): Promise<number> {
  const { items } = await ok(customer.api.GET('/api/v1/orders'));
  assert.deepEqual(await ledgerCheck(world.server.house.db), { sum: 0n, drift: 0n });
  return items.length;
}

test('[lantian 5.2] it is off until the customer turns it on, and only for a period that is sold', async () => {
  const { auto_renew } = await customer.service(id);
  assert.deepEqual(auto_renew, { offered: true, months: null, next: null });
  await assert.rejects(autoRenew(3), (error) => {
    assert.ok(error instanceof ApiProblem);
    return error.status === 422 && error.code === 'auto-renew-months';
  });
  await autoRenew(1);
  const end = new Date((await customer.service(id)).period_end);
  const on = (await customer.service(id)).auto_renew;
  assert.deepEqual(on, { offered: true, months: 1, next: addDays(end, -7, ZONE).toISOString() });
  const [event] = await customer.history(id);
  assert.deepEqual([event?.action, event?.clause?.id], ['service.auto-renew-on', '5.2']);
});

test('[lantian 5.2] as the first reminder would go out it is renewed instead: charged once, due day kept, told, citing 5.2', async () => {
  const end = new Date((await customer.service(id)).period_end);
  await moveTo(addMinutes(addDays(end, -7, ZONE), -1));
  assert.equal(await orders(), 1);
  await moveTo(addDays(end, -7, ZONE));
  const service = await customer.service(id);
  // 31 January, 28 February, 31 March (F20).
  assert.equal(service.period_end, '2026-03-31T02:00:00.000Z');
  assert.equal(await customer.balance(), (30 - 2 * PRICE).toFixed(2));
  assert.equal(await orders(), 2);
  assert.equal((await subjects()).filter((subject) => /自动续费/.test(subject)).length, 1);
  assert.equal((await subjects()).filter((subject) => /天后到期/.test(subject)).length, 0);
  const renewed = (await customer.history(id)).find(({ action }) => action === 'service.renewed');
  assert.deepEqual([renewed?.clause?.id, renewed?.actor], ['5.2', 'system']);
});

test('F18 looked at again and again it is not renewed twice', async () => {
  for (let i = 0; i < 3; i++) await moveTo(addMinutes(world.clock.now(), 5));
  assert.equal(await orders(), 2);
});

test('without enough money it is told what is missing, reminded as ever, tried at each reminder and suspended at the end', async () => {
  await moveTo(addDays(new Date('2026-03-31T02:00:00Z'), -7, ZONE));
  assert.equal(await orders(), 3, 'the last of the money');
  const end = new Date((await customer.service(id)).period_end);
  assert.equal(await customer.balance(), (30 - 3 * PRICE).toFixed(2));
  const missing = () =>
    subjects().then((all) => all.filter((subject) => /还差 9.60 元/.test(subject)).length);
  for (const [i, days] of [7, 3, 1].entries()) {
    await moveTo(addDays(end, -days, ZONE));
    assert.equal(await missing(), i + 1);
    assert.equal((await subjects()).filter((subject) => /天后到期/.test(subject)).length, i + 1);
  }
  await moveTo(end);
  const service = await customer.service(id);
  assert.equal(service.state, 'suspended');
  assert.equal(service.auto_renew.next, null);
  assert.equal(await orders(), 3);
});

test('money that arrives in the grace renews and restores it by itself', async () => {
  await customer.topUp('20');
  await moveTo(addMinutes(world.clock.now(), 1));
  const service = await customer.service(id);
  assert.equal(service.state, 'active');
  assert.equal(service.period_end, '2026-05-31T02:00:00.000Z');
  assert.equal(await orders(), 4);
});

test('turned off it is reminded and suspended like any other', async () => {
  await autoRenew(null);
  const end = new Date((await customer.service(id)).period_end);
  await moveTo(end);
  assert.equal((await customer.service(id)).state, 'suspended');
  assert.equal(await orders(), 4);
});

test('turned on in the grace it is tried at once', async () => {
  await autoRenew(1);
  await moveTo(addMinutes(world.clock.now(), 1));
  assert.equal((await customer.service(id)).state, 'active');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays, addMinutes } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { call, caller } from './support/wire.ts';

const ZONE = 'Asia/Shanghai';

async function bought(): Promise<{ world: World; customer: StoryCustomer; id: string; end: Date }> {
  const world = await testWorld();
  const customer = await readyCustomer(world, '100');
  const id = await customer.order({ access: PASSWORD_ACCESS });
  const { period_end } = await customer.until(id, ({ state }) => state === 'active');
  await world.drain();
  return { world, customer, id, end: new Date(period_end) };
}

/** Nothing of ours runs until that instant; then it is looked at once. */
async function downUntil(world: World, customer: StoryCustomer, instant: Date): Promise<void> {
  world.clock.moveTo(instant);
  await world.reopen();
  await world.advanceTo(instant);
  await customer.stayIn(instant);
}

async function notices(customer: StoryCustomer, kind: string) {
  const { items } = await ok(customer.api.GET('/api/v1/notices'));
  return items.filter((notice) => notice.kind === kind);
}

async function deeds(customer: StoryCustomer, id: string): Promise<string[]> {
  const taken = new Set(['service.reminded', 'service.suspended', 'service.restored', 'service.deleted']);
  return (await customer.history(id))
    .map(({ action }) => action)
    .filter((action) => taken.has(action))
    .reverse();
}

test('[lantian 5.3] F25 down from before the first reminder until nine days after expiry: suspended once, with its whole grace', async () => {
  const { world, customer, id, end } = await bought();
  const back = addDays(end, 9, ZONE);
  await downUntil(world, customer, back);
  const service = await customer.service(id);
  assert.equal(service.state, 'suspended', 'not deleted, although three days have passed since the expiry');
  assert.equal(service.suspended_at, back.toISOString());
  assert.equal(service.delete_at, addDays(back, 3, ZONE).toISOString());
  assert.equal((await notices(customer, 'service-reminder')).length, 0, 'nothing is announced for the past');
  assert.equal((await notices(customer, 'service-suspended')).length, 1);
  const missed = await world.server.house.db
    .selectFrom('lifecycle_reminder')
    .select(['days_before', 'notice_id'])
    .where('service_id', '=', id)
    .where('notice_id', 'is', null)
    .execute();
  assert.deepEqual(
    missed.map((row) => row.days_before).sort(),
    [1, 3, 7],
    'that they were missed is on record',
  );

  await world.advanceTo(addMinutes(addDays(back, 3, ZONE), -1));
  assert.equal((await customer.service(id)).state, 'suspended');
  await world.advanceTo(addDays(back, 3, ZONE));
  assert.equal((await customer.service(id)).state, 'deleted');
  assert.deepEqual(await deeds(customer, id), ['service.suspended', 'service.deleted']);
});

test('F25 down across two reminders: only the nearest is sent, the last one at its time', async () => {
  const { world, customer, id, end } = await bought();
  await downUntil(world, customer, addDays(end, -2, ZONE));
  const history = await customer.history(id);
  assert.deepEqual(
    history.filter(({ action }) => action === 'service.reminded').map(({ facts }) => facts.days_before),
    [3],
  );
  const [told] = await notices(customer, 'service-reminder');
  assert.match(
    told!.subject,
    /2 天后到期|in 2 days/,
    'it says how long there is, not how long there would have been',
  );
  assert.match(told!.body, /5\.3/, 'that it is suspended and deleted stands in 5.3');
  await world.advanceTo(end);
  assert.deepEqual(await deeds(customer, id), ['service.reminded', 'service.reminded', 'service.suspended']);
  assert.equal((await notices(customer, 'service-reminder')).length, 2);
});

test('F25 down through three whole periods: one suspension, revenue caught up to the end and no further, nothing charged', async () => {
  const { world, customer, id, end } = await bought();
  const back = addDays(end, 95, ZONE);
  await downUntil(world, customer, back);
  assert.equal((await customer.service(id)).state, 'suspended');
  assert.deepEqual(await deeds(customer, id), ['service.suspended']);
  assert.equal(await customer.balance(), '90.10', 'nobody renewed, so nobody pays');
  const { rows } = await revenue(world);
  assert.deepEqual(rows, { revenue: 9_900_000n, deferred_revenue: 0n });
});

test('F25 renewed right after a long downtime, before the sweeps came: due day kept, each period paid once, never deleted early', async () => {
  const { world, customer, id, end } = await bought();
  // Back 40 days after the end: one renewal doesn't reach the present, a second one does.
  world.clock.moveTo(addDays(end, 40, ZONE));
  await customer.stayIn(world.clock.now());
  const first = await call(caller(world, customer), `/services/${id}/renewals`, { body: { months: 1 } });
  assert.equal(first.status, 201);
  await world.advanceTo(world.clock.now());
  const late = await customer.service(id);
  assert.equal(late.state, 'suspended', 'what was paid is over too');
  assert.equal(late.delete_at, addDays(world.clock.now(), 3, ZONE).toISOString());
  await customer.renew(id);
  await world.drain();
  const now = await customer.service(id);
  assert.equal(now.state, 'active');
  assert.equal(now.instance?.power, 'running');
  assert.deepEqual(new Date(now.period_end), addMonths(end, 2));
  assert.equal(await customer.balance(), '70.30');
});

test('F25 down for the whole grace of a suspended service: still renewable until it is really deleted', async () => {
  const { world, customer, id, end } = await bought();
  await world.advanceTo(end);
  world.clock.moveTo(addDays(end, 10, ZONE));
  await customer.stayIn(world.clock.now());
  await customer.renew(id);
  await world.advanceTo(world.clock.now());
  const service = await customer.service(id);
  assert.equal(service.state, 'active');
  assert.deepEqual(new Date(service.period_end), addMonths(end, 1));
});

function addMonths(from: Date, months: number): Date {
  const date = new Date(from);
  date.setUTCMonth(date.getUTCMonth() + months);
  return date;
}

async function revenue(world: World) {
  const accounts = await world.server.house.db
    .selectFrom('ledger_account')
    .select(['kind', 'balance_micro'])
    .where('kind', 'in', ['revenue', 'deferred_revenue'])
    .execute();
  return { rows: Object.fromEntries(accounts.map((row) => [row.kind, row.balance_micro])) };
}

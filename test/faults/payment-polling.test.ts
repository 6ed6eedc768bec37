import assert from 'node:assert/strict';
import { afterEach, before, test } from 'node:test';
import type { GatewayFaults } from '#drivers/stand-in/faults.ts';
import { addMinutes } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import { payAtSandbox } from '#server/story/alipay-payer.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { readyCustomer, testWorld } from '../support/world.ts';
import { begin, CHANNELS, send, stateOf } from './support/channels.ts';

let world: World;
let customer: StoryCustomer;
before(async () => {
  world = await testWorld();
  customer = await readyCustomer(world, null);
});

function disturb(changes: Partial<GatewayFaults>): void {
  for (const channel of CHANNELS) Object.assign(channel.sandbox(world).faults, changes);
}
const CALM = {
  drop: false,
  status500: false,
  hangUp: false,
  timeout: false,
  tamper: false,
  otherTrade: false,
};
afterEach(() => disturb(CALM));

const later = (minutes: number) => world.advanceTo(addMinutes(world.clock.now(), minutes));
const balance = async () => Number(await customer.balance());

for (const channel of CHANNELS) {
  const { name } = channel;

  test(`F41 ${name}: the notification is lost: asking the channel credits`, async () => {
    const before = await balance();
    disturb({ drop: true });
    const payment = await begin(customer, '10', name);
    await payAtSandbox(payment.pay_url);
    assert.equal(await stateOf(customer, payment), 'pending');
    await later(1);
    assert.equal(await stateOf(customer, payment), 'paid');
    assert.equal(await balance(), before + 10);
    await later(60);
    assert.equal(await balance(), before + 10);
  });

  test(`F41 ${name}: the notification is lost and we were down for two days: credited when we are back`, async () => {
    const before = await balance();
    disturb({ drop: true });
    const payment = await begin(customer, '5', name);
    await payAtSandbox(payment.pay_url);
    world.clock.moveTo(addMinutes(world.clock.now(), 2 * 24 * 60));
    await later(1);
    assert.equal(await stateOf(customer, payment), 'paid');
    assert.equal(await balance(), before + 5);
  });

  test(`F42 ${name}: paid after it had expired with us: credited to the balance, and told`, async () => {
    const before = await balance();
    const payment = await begin(customer, '20', name);
    await later(40);
    assert.equal(await stateOf(customer, payment), 'closed');
    assert.ok(channel.taken(await send(world, name, await channel.message(world, payment))));
    assert.equal(await stateOf(customer, payment), 'paid');
    assert.equal(await balance(), before + 20);
    await world.drain();
    const { items } = await ok(customer.api.GET('/api/v1/notices'));
    assert.match(items[0]?.subject ?? '', /20\.00/);
    const audit = await world.server.house.db
      .selectFrom('audit_event')
      .select(['action', 'facts'])
      .where('subject_id', '=', payment.id)
      .orderBy('id')
      .execute();
    assert.deepEqual(
      audit.map(({ action }) => action),
      ['payment.created', 'payment.closed', 'payment.received'],
    );
    assert.equal((audit.at(-1)!.facts as { late: boolean }).late, true);
  });

  test(`F42 ${name}: a page that was opened and left is closed at the gateway, so that nobody pays it later`, async () => {
    const payment = await begin(customer, '3', name);
    await fetch(payment.pay_url);
    await later(40);
    assert.equal(await stateOf(customer, payment), 'closed');
    await assert.rejects(payAtSandbox(payment.pay_url));
    const shown = await ok(
      customer.api.GET('/api/v1/payments/{id}', { params: { path: { id: payment.id } } }),
    );
    assert.equal(shown.payable, false);
  });

  for (const [what, fault] of [
    ['500', { status500: true }],
    ['a broken connection', { hangUp: true }],
    ['a changed answer', { tamper: true }],
    ['the answer of another trade', { otherTrade: true }],
  ] as const) {
    test(`F43 ${name}: the gateway answers with ${what}: unknown, stays pending, credited later`, async () => {
      const before = await balance();
      const payment = await begin(customer, '1', name);
      disturb({ drop: true });
      await payAtSandbox(payment.pay_url);
      disturb({ ...fault });
      await later(10);
      assert.equal(await stateOf(customer, payment), 'pending');
      assert.equal(await balance(), before);
      disturb(CALM);
      await later(10);
      assert.equal(await stateOf(customer, payment), 'paid');
      assert.equal(await balance(), before + 1);
    });
  }

  test(`F43 ${name}: the gateway says nothing until the time is over: unknown, stays pending, credited later`, async () => {
    const before = await balance();
    const payment = await begin(customer, '1', name);
    disturb({ drop: true });
    await payAtSandbox(payment.pay_url);
    disturb({ timeout: true });
    await later(1);
    assert.equal(await stateOf(customer, payment), 'pending');
    disturb(CALM);
    await later(5);
    assert.equal(await stateOf(customer, payment), 'paid');
    assert.equal(await balance(), before + 1);
  });

  test(`F43 ${name}: the gateway is away for more than a day: what was paid is credited when it is back`, async () => {
    const before = await balance();
    const payment = await begin(customer, '1', name);
    disturb({ drop: true });
    await payAtSandbox(payment.pay_url);
    disturb({ hangUp: true });
    await later(26 * 60);
    assert.equal(await stateOf(customer, payment), 'pending');
    disturb(CALM);
    await later(24 * 60);
    assert.equal(await stateOf(customer, payment), 'paid');
    assert.equal(await balance(), before + 1);
  });
}

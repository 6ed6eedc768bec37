import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatYuan, parseYuan } from '#kernel/money.ts';
import { addDays } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { event, labOf } from '../support/metering.ts';
import { testWorld } from '../support/world.ts';

const GB = 1_073_741_824;

/** The tariffs that 七牛云 has in this repository, from an event to the balance. */
test('[qiniu 2.1] storage and delivery are charged by the price list in force, beyond what is free', async () => {
  const start = new Date('2026-02-28T16:00:00Z');
  const world = await testWorld({ start, seed: true });
  const { brands } = world.server.house;
  const customer = new StoryCustomer(brands.url(brands.get('qiniu'), world.url));
  await customer.signUp();
  await customer.acceptTerms();
  await customer.topUp('100');
  const { token, open } = await labOf(world, customer, world.url);
  await open('bucket', 'object-storage');
  await open('www.example.com', 'fusion-cdn');

  const day = (days: number) => addDays(start, days, 'Asia/Shanghai');
  const minute = (at: Date) => new Date(at.getTime() + 60_000);
  await world.advanceTo(day(1));
  const sent = await world.server.app.inject({
    method: 'POST',
    url: '/api/v1/usage/events',
    headers: {
      host: 'qiniu.localhost',
      'content-type': 'application/cloudevents-batch+json',
      authorization: `Bearer ${token}`,
    },
    payload: JSON.stringify([
      event('storage.level', 'bucket', start, { bytes: 100 * GB, class: 'standard' }),
      event('storage.requests', 'bucket', minute(start), { count: 150_000, method: 'write' }),
      event('cdn.traffic', 'www.example.com', minute(start), { bytes: 20 * GB }),
      event('cdn.requests', 'www.example.com', minute(start), { count: 900_000, scheme: 'https' }),
    ]),
  });
  assert.deepEqual([sent.statusCode, sent.json().accepted], [200, 4], sent.body);
  await world.advanceTo(day(5));
  await customer.stayIn(world.clock.now());

  // 100 GB for four days that are charged: 400 GB-days, 300 of them free. 15 × 10,000 writes, 10 free. 10 GB beyond 10.
  const { items } = await ok(customer.api.GET('/api/v1/usage/charges'));
  const byMeter = (meter: string) =>
    formatYuan(
      items
        .filter((charge) => charge.meter === meter)
        .reduce((sum, { amount }) => sum + parseYuan(amount), 0n),
    );
  assert.deepEqual(['stored', 'writes', 'traffic', 'https-requests'].map(byMeter), [
    '0.49',
    '0.05',
    '2.40',
    '0.00',
  ]);
});

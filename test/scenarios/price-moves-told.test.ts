import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addDays, addMinutes } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import { brandWith, staffOf } from '../support/money.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

const ZONE = 'Asia/Shanghai';

test('[yunfuwuqi S3.1] whoever buys between the announcement and its day has the whole notice too: a renewal sooner costs what it did', async () => {
  const world = await testWorld({
    seed: true,
    brandsDir: await brandWith('terms.yaml', [
      [
        'refund: { clause: "5.4", rule: none }',
        'refund: { clause: "5.4", rule: none }\n  price_change: { clause: "5.1", notice_days: 7, channels: [site, email] }',
      ],
    ]),
    start: new Date('2026-03-01T02:00:00Z'),
  });
  const staff = await staffOf(world);
  const { csv } = await ok(staff.GET('/api/v1/staff/prices'));
  const prices = { csv: csv.replace('nat-s,,9.90', 'nat-s,,12.50'), running: 'move' as const };
  await ok(staff.POST('/api/v1/staff/prices', { body: prices }));
  await world.drain();
  const announced = addDays(world.clock.now(), 7, ZONE);

  await world.advanceTo(addDays(world.clock.now(), 3, ZONE));
  const customer = await readyCustomer(world, '60');
  const id = await customer.order({ access: PASSWORD_ACCESS });
  await customer.until(id, ({ state }) => state === 'active');
  await world.drain();
  const service = () => ok(customer.api.GET('/api/v1/services/{id}', { params: { path: { id } } }));
  const from = addDays(world.clock.now(), 7, ZONE);
  assert.deepEqual((await service()).price_ahead, { price: '12.50', from: from.toISOString() });

  await world.advanceTo(addMinutes(announced, 1));
  await customer.stayIn(world.clock.now());
  const renew = () =>
    ok(
      customer.api.POST('/api/v1/services/{id}/renewals', {
        params: { path: { id } },
        body: { months: 1 },
      }),
    );
  assert.equal((await renew()).amount, '9.90', 'it was told four days ago');
  await world.advanceTo(from);
  await customer.stayIn(from);
  assert.equal((await renew()).amount, '12.50');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addMinutes } from '#kernel/time.ts';
import { ledgerCheck } from '#modules/ledger/index.ts';
import { slotEnd } from '#modules/metering/slots.ts';
import { ok } from '#server/client.ts';
import { event, labOf, ZONE } from '../support/metering.ts';
import { Book, hours, later, periodBrand, running } from '../support/outages.ts';
import { testWorld } from '../support/world.ts';

test('[qiniu 8.2] quota whose price went back serves nothing any more, not even what was used before the end and is told late', async () => {
  const world = await testWorld({ brandsDir: await periodBrand() });
  const book = new Book(world);
  const { customer } = await running(world);
  const lab = await labOf(world, customer, world.url);
  await lab.open('a');
  await ok(customer.api.POST('/api/v1/usage/packages', { body: { product: 'lab', package: 'requests-2' } }));
  const from = world.clock.now();
  await book.record({ from, until: null, products: ['lab'] });
  await world.advanceTo(later(from, hours(73)));
  const [held] = (await ok(customer.api.GET('/api/v1/usage/packages'))).items;
  const params = { path: { id: held!.id } };
  const { refunded } = await ok(customer.api.POST('/api/v1/account/outages/{id}/end', { params }));
  assert.equal(refunded, '0.50', 'all of it was left');
  const [note] = (await ok(customer.api.GET('/api/v1/credit-notes'))).items;
  assert.deepEqual(
    [note!.invoice_number, note!.amount, note!.cash, note!.clause!.clause],
    ['INV2026-00000002', '0.50', '0.50', '8.2'],
  );
  // Used while it ran, known now: 1,000 are free, 2,000 are to be paid like anybody's.
  await lab.send([event('lab.requests', 'a', later(from, hours(1)), { count: 3_000 })]);
  await world.advanceTo(addMinutes(slotEnd(world.clock.now(), 'hour', ZONE), 10));
  const { items } = await ok(customer.api.GET('/api/v1/usage/charges'));
  assert.equal(items[0]!.amount, '0.74');
  assert.deepEqual(await ledgerCheck(world.server.house.db), { sum: 0n, drift: 0n });
});

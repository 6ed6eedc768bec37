import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ok } from '#server/client.ts';
import type { World } from '#server/world.ts';
import { type StaffApi, staffMember } from '../support/staff.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

/** The back office finds a machine by what somebody says of it: its name, its id, where it is reached, its order. */

let world: World;
let staff: StaffApi;
let blog: string;
let reached: { host: string; port: number };

before(async () => {
  world = await testWorld();
  staff = await staffMember(world, 'helper');
  const customer = await readyCustomer(world, '200');
  blog = await customer.order({ hostname: 'blog-north', access: PASSWORD_ACCESS });
  const shop = await customer.order({ hostname: 'shop', access: PASSWORD_ACCESS });
  const { instance } = await customer.until(blog, ({ state }) => state === 'active');
  await customer.until(shop, ({ state }) => state === 'active');
  reached = instance!.ssh!;
});

async function found(q: string): Promise<string[]> {
  const { items } = await ok(staff.GET('/api/v1/staff/services', { params: { query: { q } } }));
  return items.map(({ label }) => label).toSorted();
}

test('a machine is found by a part of its name, its id, or where it is reached', async () => {
  assert.deepEqual(await found(''), ['blog-north', 'shop']);
  assert.deepEqual(await found('NORTH'), ['blog-north']);
  assert.deepEqual(await found(` ${blog} `), ['blog-north']);
  assert.deepEqual(await found(`${reached.host}:${reached.port}`), ['blog-north']);
  assert.deepEqual(await found(`:${reached.port}`), ['blog-north']);
  assert.deepEqual(await found(`elsewhere.example:${reached.port}`), []);
  for (const q of ['_', '%', '\\', ':0', ':99999', '018f0000-0000-7000-8000-000000000000'])
    assert.deepEqual(await found(q), [], q);
});

test('an order is found by its number as it is read out', async () => {
  const orders = (q: string) => ok(staff.GET('/api/v1/staff/orders', { params: { query: { q } } }));
  const all = (await orders('')).items;
  assert.equal(all.length, 2);
  const { number, id } = all[0]!;
  assert.deepEqual(
    (await orders(number.toLowerCase())).items.map((order) => order.id),
    [id],
  );
  assert.deepEqual((await orders('none')).items, []);
});

test('another site’s machines are not found', async () => {
  const { brands } = world.server.house;
  const elsewhere = await staffMember(world, 'helper2', brands.url(brands.get('asiayun'), world.url));
  const { items } = await ok(
    elsewhere.GET('/api/v1/staff/services', { params: { query: { q: `:${reached.port}` } } }),
  );
  assert.deepEqual(items, []);
});

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { addDays } from '#kernel/time.ts';
import { type Api, type ApiProblem, ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { brandWith, refusedBy, staffOf } from '../support/money.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

const ZONE = 'Asia/Shanghai';
/** A change of prices is announced a week ahead, on the site and by mail. */
const ANNOUNCED: [string, string][] = [
  [
    'refund: { clause: "5.4", rule: none }',
    'refund: { clause: "5.4", rule: none }\n  price_change: { clause: "5.1", notice_days: 7, channels: [site, email] }',
  ],
];

let world: World;
let brandsDir: string;
let staff: Api;
let customer: StoryCustomer;
before(async () => {
  brandsDir = await brandWith('terms.yaml', ANNOUNCED);
  world = await testWorld({ seed: true, brandsDir });
  staff = await staffOf(world);
  customer = await readyCustomer(world, '100');
});

const quoted = async (plan: string) =>
  (await ok(customer.api.POST('/api/v1/quote', { body: { plan, region: 'hk', months: 1 } as never }))).total;
const importList = (csv: string, effective_at?: string) =>
  ok(staff.POST('/api/v1/staff/prices', { body: { csv, ...(effective_at ? { effective_at } : {}) } }));
const announced = async () => (await ok(customer.api.GET('/api/v1/price-changes'))).items;

test('each fault of a price list is named by row and column, and nothing of it is taken', async () => {
  const csv = [
    'product,plan,option,price',
    'nat-vps,nat-s,,10.90',
    'nat-vps,nat-z,,10.90',
    'vps,nat-s,,10.90',
    'nat-vps,,disk_gb,"1,00"',
    'nat-vps,nat-m,,-1',
    'nat-vps,nat-m,disk_gb,1e309',
    'nat-vps,,,5',
    'nat-vps,nat-s,,11',
    'nat-vps,nat-l,,NaN',
    'nat-vps,nat-l',
  ].join('\n');
  const faults = await importList(csv).then(
    () => assert.fail('it was taken'),
    (error: unknown) => (error as ApiProblem).body.errors as { field: string; message: string }[],
  );
  assert.deepEqual(
    faults.map(({ field }) => field).sort(),
    [
      '3:plan',
      '4:product',
      '5:price',
      '6:price',
      '7:option',
      '7:price',
      '8:plan',
      '9:plan',
      '10:price',
      '11:plan',
      '11:price',
      '11:option',
    ].sort(),
  );
  assert.ok(faults.every(({ message }) => message.length > 3));
  await assert.rejects(
    importList('product,plan,option,cost\nnat-vps,nat-s,,1'),
    refusedBy('price-list-faulty'),
  );
  await assert.rejects(importList('product,plan,option,price\n'), refusedBy('price-list-faulty'));
  await assert.rejects(importList('"broken'), refusedBy('price-list-faulty'));
  assert.equal(await quoted('nat-s'), '9.90');
  const { csv: whole } = await ok(staff.GET('/api/v1/staff/prices'));
  assert.match(whole, /^product,plan,option,price\r\nnat-vps,nat-s,,9\.90\r\n/);
  await assert.rejects(importList(whole), refusedBy('price-list-unchanged'));
});

test('a new price is announced as the terms ask, holds from its day, and leaves running services theirs', async () => {
  const service = await customer.order({ access: PASSWORD_ACCESS });
  await customer.until(service, ({ state }) => state === 'active');
  const { csv } = await ok(staff.GET('/api/v1/staff/prices'));
  const dearer = csv.replace('nat-s,,9.90', 'nat-s,,12.50');
  const soon = addDays(world.clock.now(), 6, ZONE).toISOString();
  await assert.rejects(importList(dearer, soon), refusedBy('price-change-too-soon', '5.1'));
  const made = await importList(dearer);
  const week = addDays(world.clock.now(), 7, ZONE);
  assert.equal(made.effective_at, week.toISOString());
  assert.deepEqual(
    made.changes.map(({ plan, from, to }) => [plan, from, to]),
    [['nat-s', '9.90', '12.50']],
  );
  assert.deepEqual(
    (await announced()).map(({ version_id, effective_at }) => [version_id, effective_at]),
    [[made.version_id, made.effective_at]],
  );
  await world.drain();
  const { items } = await ok(customer.api.GET('/api/v1/notices'));
  const mail = items.filter(({ kind }) => kind === 'price-change');
  assert.equal(mail.length, 1);
  assert.match(mail[0]!.body, /9\.90 → 12\.50/);
  assert.equal(await quoted('nat-s'), '9.90', 'not before its day');

  await world.advanceTo(week);
  assert.equal(await quoted('nat-s'), '12.50');
  assert.deepEqual(await announced(), []);
  assert.equal((await customer.service(service)).price, '9.90');
  const params = { path: { id: service } };
  const renewed = await ok(
    customer.api.POST('/api/v1/services/{id}/renewals', { params, body: { months: 1 } }),
  );
  assert.equal(renewed.amount, '9.90', 'it keeps the price at which it was bought');
});

test('a changed catalogue.yaml is announced too; one that is taken back before its day never holds', async () => {
  const path = join(brandsDir, 'lantian/catalogue.yaml');
  const text = await readFile(path, 'utf8');
  await writeFile(path, text.replace('price: "19.90"', 'price: "29.90"'));
  await world.reopen();
  const week = addDays(world.clock.now(), 7, ZONE);
  const ahead = await announced();
  assert.deepEqual(
    ahead.map(({ effective_at, changes }) => [effective_at, changes.map(({ plan, to }) => [plan, to])]),
    // The file has the old price of nat-s as well: it replaces what staff imported.
    [
      [
        week.toISOString(),
        [
          ['nat-s', '9.90'],
          ['nat-m', '29.90'],
        ],
      ],
    ],
  );
  assert.equal(await quoted('nat-m'), '19.90');
  await world.reopen();
  assert.equal((await announced()).length, 1, 'loaded once');
  // Back to what holds now.
  await writeFile(path, text.replace('price: "9.90"', 'price: "12.50"'));
  await world.reopen();
  assert.deepEqual(await announced(), []);
  await world.advanceTo(addDays(week, 1, ZONE));
  await customer.stayIn(world.clock.now());
  assert.deepEqual([await quoted('nat-s'), await quoted('nat-m')], ['12.50', '19.90']);
});

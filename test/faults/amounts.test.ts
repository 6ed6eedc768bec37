import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { sql } from 'kysely';
import { formatYuan, MICRO_MAX, MoneyError, multiply, parseYuan, proportion, toFen } from '#kernel/money.ts';
import { catalogueAt } from '#modules/catalogue/catalogue-read.ts';
import { price } from '#modules/catalogue/price.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { call, caller, made, ORDER } from './support/wire.ts';

let world: World;
let customer: StoryCustomer;
let service: string;
before(async () => {
  world = await testWorld();
  customer = await readyCustomer(world, '100');
  service = await customer.order({ access: PASSWORD_ACCESS });
  await customer.until(service, ({ state }) => state === 'active');
  await world.drain();
});

/** JSON texts, so that what JSON itself can carry is really sent. */
const NOT_AMOUNTS = [
  ...[
    '-1',
    '-0.01',
    '0',
    '0.00',
    '00',
    'NaN',
    'Infinity',
    '1e309',
    '1e2',
    '1,00',
    '1.000,00',
    '٣',
    '３',
    '一',
    '٣.٠',
  ],
  ...[
    '',
    ' ',
    ' 5',
    '5 ',
    '+5',
    '0x10',
    '5.',
    '.5',
    '5.001',
    '5.000001',
    '5.0000001',
    '5 000',
    '5\u0000',
    '5\u202e',
  ],
  ...['9'.repeat(13), '9'.repeat(20), '9'.repeat(5_000), '¥5', '5元', 'true', '5;drop', '1_000', '1/2'],
]
  .map((text) => JSON.stringify(text))
  .concat([
    '-1',
    '0',
    '5',
    '5.5',
    '1e309',
    '-1e309',
    'NaN',
    'null',
    'true',
    '[]',
    '["5"]',
    '{"valueOf":"5"}',
    '',
  ]);

test('F28 what is no positive amount of whole fen is refused with 400 when topping up', async () => {
  const before = await made(world);
  for (const amount of NOT_AMOUNTS) {
    const raw = `{"amount":${amount},"channel":"alipay"}`;
    const reply = await call(caller(world, customer), '/payments', { raw });
    assert.deepEqual([reply.status, reply.body.code], [400, 'invalid-input'], raw.slice(0, 80));
  }
  assert.equal((await world.server.house.db.selectFrom('payments_payment').selectAll().execute()).length, 1);
  assert.deepEqual(await made(world), before);
});

test('F28 an amount that is one, but more than may be topped up, is refused and says the limit', async () => {
  for (const amount of ['50000.01', '9000000000000']) {
    const reply = await call(caller(world, customer), '/payments', { body: { amount, channel: 'alipay' } });
    assert.deepEqual([reply.status, reply.body.code], [422, 'amount-out-of-range'], amount);
    assert.match(String(reply.body.detail), /50000\.00/);
  }
});

test('F28 months that are no whole number from 1 to 36 are refused with 400 wherever they are priced', async () => {
  const me = caller(world, customer);
  const before = await made(world);
  for (const months of [
    '-1',
    '0',
    '1.5',
    '37',
    '1e309',
    '-1e309',
    '9007199254740993',
    '"1"',
    '"٣"',
    'null',
    'NaN',
    '[1]',
  ]) {
    const raws: [string, string][] = [
      ['/orders', JSON.stringify(ORDER).replace('"months":1', `"months":${months}`)],
      [`/services/${service}/renewals`, `{"months":${months}}`],
      ['/quote', `{"plan":"nat-s","region":"hk","months":${months}}`],
    ];
    for (const [path, raw] of raws) {
      const reply = await call(me, path, { raw });
      assert.deepEqual([reply.status, reply.body.code], [400, 'invalid-input'], `${path} ${raw}`);
    }
  }
  assert.deepEqual(await made(world), before);
});

test('F28 quantities and options that are no whole number, or too much, are refused with 400 and buy nothing', async () => {
  const me = caller(world, customer);
  const before = await made(world);
  for (const number of ['-1', '1.5', '1e309', '9007199254740993', '"1"', 'null', 'NaN', '[1]', '1048577']) {
    const line = JSON.stringify(ORDER).slice(0, -1);
    const raws: [string, string][] = [
      ['/orders', `${line},"quantity":${number}}`],
      ['/orders', `${line},"options":{"disk_gb":${number}}}`],
      ['/carts/orders', `{"lines":[${line},"quantity":${number}}]}`],
      ['/carts/quote', `{"lines":[{"plan":"nat-s","region":"hk","months":1,"quantity":${number}}]}`],
      [`/services/${service}/changes`, `{"plan":"nat-s","options":{"disk_gb":${number}}}`],
    ];
    for (const [path, raw] of raws) {
      const reply = await call(me, path, { raw });
      assert.deepEqual([reply.status, reply.body.code], [400, 'invalid-input'], `${path} ${raw}`);
    }
  }
  for (const quantity of [0, 21]) {
    const reply = await call(me, '/orders', { body: { ...ORDER, quantity } });
    assert.equal(reply.status, 400, String(quantity));
  }
  const twice = { lines: [1, 2].map((n) => ({ ...ORDER, hostname: `web${n}`, quantity: 11 })) };
  const many = await call(me, '/carts/orders', { body: twice });
  assert.deepEqual([many.status, many.body.code], [422, 'too-many-pieces']);
  assert.deepEqual(await made(world), before);
});

test('F29 price times months past 2^63 is refused, never wrapped', async () => {
  const { db, clock } = world.server.house;
  const before = await made(world);
  const current = (await catalogueAt(db, 'lantian', clock.now()))!;
  const document = structuredClone(current.document);
  for (const product of document.products) for (const plan of product.plans) plan.price = '9000000000000';
  assert.throws(() => price(document, [{ plan: 'nat-s', region: 'hk', months: 2 }]), MoneyError);
  world.clock.moveTo(new Date(clock.now().getTime() + 1_000));
  await sql`insert into catalogue_version (id, brand, sha256, document, effective_at)
    values (gen_random_uuid(), 'lantian', 'overflow', ${JSON.stringify(document)}, ${clock.now()})`.execute(
    db,
  );
  const me = caller(world, customer);
  const two = await call(me, '/quote', { body: { plan: 'nat-s', region: 'hk', months: 1, quantity: 2 } });
  assert.deepEqual([two.status, two.body.code], [400, 'invalid-input']);
  const months36 = await call(me, '/quote', { body: { plan: 'nat-s', region: 'hk', months: 36 } });
  assert.equal(months36.status, 400, months36.text);
  const order = await call(me, '/orders', { body: { ...ORDER, months: 36 } });
  assert.equal(order.status, 400, order.text);
  const affordable = await call(me, '/orders', { body: ORDER });
  assert.equal(affordable.status, 402, 'the price itself fits, the balance does not');
  assert.deepEqual(await made(world), before);
});

test('F29 multiplication is exact or refused', () => {
  const amounts = fc.bigInt({ min: 0n, max: MICRO_MAX });
  fc.assert(
    fc.property(amounts, fc.bigInt({ min: 1n, max: 2n ** 40n }), (amount, quantity) => {
      if (amount * quantity <= MICRO_MAX) assert.equal(multiply(amount, quantity), amount * quantity);
      else assert.throws(() => multiply(amount, quantity), MoneyError);
    }),
  );
  assert.throws(() => multiply(MICRO_MAX, 2n), MoneyError);
});

test('F30 amounts survive writing and reading; parts of a whole never exceed it and end in it', () => {
  const amounts = fc.bigInt({ min: -MICRO_MAX, max: MICRO_MAX });
  fc.assert(fc.property(amounts, (amount) => parseYuan(formatYuan(amount)) === amount));
  fc.assert(
    fc.property(
      fc.bigInt({ min: 0n, max: 10n ** 15n }),
      fc.bigInt({ min: 1n, max: 10n ** 11n }),
      fc.array(fc.bigInt({ min: 0n, max: 10n ** 11n }), { maxLength: 40 }),
      (total, whole, looks) => {
        let earned = 0n;
        for (const look of [...looks.sort((a, b) => Number(a - b)), whole]) {
          const now = proportion(total, look, whole);
          assert.ok(now >= earned && now <= total);
          earned = now;
        }
        assert.equal(earned, total);
      },
    ),
  );
  assert.throws(() => toFen(10_001n), MoneyError);
});

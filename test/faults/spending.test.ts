import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { ledgerCheck } from '#modules/ledger/index.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';
import { call, caller, callUntilAnswered, ORDER } from './support/wire.ts';

let world: World;
before(async () => {
  world = await testWorld();
});

function tally(replies: { status: number }[]): Record<number, number> {
  const counts: Record<number, number> = {};
  for (const { status } of replies) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

async function lowestBalance(customer: StoryCustomer): Promise<number> {
  const { body } = await call(caller(world, customer), '/statement');
  return Math.min(...(body.items as { balance: string }[]).map((line) => Number(line.balance)));
}

test('F26 100 parallel orders and renewals of one balance: exactly what it covers', async () => {
  const customer = await readyCustomer(world, '200');
  const me = caller(world, customer);
  const id = await customer.order({ access: PASSWORD_ACCESS });
  await customer.until(id, ({ state }) => state === 'active');
  // 190.10 left: nineteen times 9.90.
  const replies = await Promise.all(
    Array.from({ length: 100 }, (_, i) =>
      i % 2 === 0
        ? callUntilAnswered(me, '/orders', { body: ORDER })
        : callUntilAnswered(me, `/services/${id}/renewals`, { body: { months: 1 } }),
    ),
  );
  assert.deepEqual(tally(replies), { 201: 19, 402: 81 });
  for (const { body } of replies.filter(({ status }) => status === 402)) assert.ok(Number(body.missing) > 0);
  assert.equal(await customer.balance(), '2.00');
  assert.ok((await lowestBalance(customer)) >= 0);
  const { db } = world.server.house;
  const orders = await db.selectFrom('billing_order').selectAll().execute();
  assert.equal(orders.length, 20);
  const renewals = orders.filter(({ service_id }) => service_id === id);
  const starts = renewals.map(({ period_start }) => period_start.getTime()).sort((a, b) => a - b);
  const ends = renewals.map(({ period_end }) => period_end.getTime()).sort((a, b) => a - b);
  assert.deepEqual(starts.slice(1), ends.slice(0, -1), 'the periods follow each other without a gap');
  assert.equal((await customer.service(id)).period_end, new Date(ends.at(-1)!).toISOString());
  await world.drain();
  assert.deepEqual(await ledgerCheck(db), { sum: 0n, drift: 0n });
});

test('F26 one order sent 50 times at once with one key is one order', async () => {
  const customer = await readyCustomer(world, '100');
  const me = caller(world, customer);
  const key = randomUUID();
  const replies = await Promise.all(
    Array.from({ length: 50 }, () => callUntilAnswered(me, '/orders', { body: ORDER, key })),
  );
  assert.deepEqual(tally(replies), { 201: 50 });
  assert.equal(new Set(replies.map(({ text }) => text)).size, 1);
  assert.equal(replies.filter(({ replayed }) => !replayed).length, 1);
  assert.equal(await customer.balance(), '90.10');
});

test('F27 the same key with another body, path or method is refused, and the first effect stands', async () => {
  const customer = await readyCustomer(world, '50');
  const me = caller(world, customer);
  const key = randomUUID();
  const first = await call(me, '/orders', { body: ORDER, key });
  assert.equal(first.status, 201);
  const others: [string, unknown][] = [
    ['/orders', { ...ORDER, hostname: 'web2' }],
    ['/orders', { ...ORDER, access: { type: 'password', password: 'Another-rain-and-8-geese' } }],
    ['/orders?x=1', ORDER],
    ['/payments', { amount: '5', channel: 'alipay' }],
    [`/services/${String(first.body.service_id)}/renewals`, { months: 1 }],
  ];
  for (const [path, body] of others) {
    const reply = await call(me, path, { body, key });
    assert.deepEqual([reply.status, reply.body.code], [422, 'idempotency-key-reused'], path);
  }
  assert.equal(await customer.balance(), '40.10');
  assert.deepEqual((await call(me, '/orders', { body: ORDER, key })).body, first.body);
});

test('F27 a key belongs to its customer: another one’s is its own', async () => {
  const [a, b] = [await readyCustomer(world, '20'), await readyCustomer(world, '20')];
  const key = randomUUID();
  const one = await call(caller(world, a), '/orders', { body: ORDER, key });
  const other = await call(caller(world, b), '/orders', { body: ORDER, key });
  assert.equal(other.status, 201);
  assert.notEqual(one.body.service_id, other.body.service_id);
});

test('F27 a key is asked for, and a refused act leaves it free', async () => {
  const customer = await readyCustomer(world, null);
  const me = caller(world, customer);
  for (const key of ['', 'short', 'x'.repeat(129), 'with space']) {
    const reply = await call(me, '/orders', { body: ORDER, key });
    assert.deepEqual([reply.status, reply.body.code], [400, 'idempotency-key-missing'], key);
  }
  const key = randomUUID();
  assert.equal((await call(me, '/orders', { body: ORDER, key })).status, 402);
  await customer.topUp('20');
  assert.equal((await call(me, '/orders', { body: ORDER, key })).status, 201);
});

import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { ledgerCheck } from '#modules/ledger/index.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { readyCustomer, testWorld } from '../support/world.ts';
import { startChild } from './support/children.ts';
import { call, caller, ORDER } from './support/wire.ts';

let world: World;
let customer: StoryCustomer;
before(async () => {
  world = await testWorld();
  customer = await readyCustomer(world, '100');
});

/** Sends a request to a server that kills itself before its reply, then the same to one that lives. */
async function killedThenRetried(path: string, body: unknown) {
  const child = await startChild(world, 'api', { dieIn: { port: 'reply', path: `/api/v1${path}` } });
  const key = randomUUID();
  const me = caller(world, customer);
  await assert.rejects(call(me, path, { body, key, base: child.url }), 'no reply comes');
  assert.equal(await child.ended, 'SIGKILL');
  const retry = await call(me, path, { body, key });
  const again = await call(me, path, { body, key });
  assert.equal(retry.status, 201);
  assert.equal(retry.replayed, true, 'the effect was there already');
  assert.deepEqual(again.body, retry.body);
  return retry.body;
}

test('F01 API killed after an order was committed: the retry gets the same answer, one effect', async () => {
  const answer = await killedThenRetried('/orders', ORDER);
  const orders = await world.server.house.db.selectFrom('billing_order').selectAll().execute();
  assert.deepEqual(
    orders.map((order) => [order.id, order.service_id, order.number]),
    [[answer.id, answer.service_id, answer.number]],
  );
  assert.equal(answer.amount, '9.90');
  assert.equal(await customer.balance(), '90.10');
  await customer.until(String(answer.service_id), ({ state }) => state === 'active');
  assert.equal((await world.server.house.ports.hypervisors('simulated').observe()).length, 1);
});

test('F01 API killed after a renewal was committed: one period, one charge', async () => {
  const [service] = await world.server.house.db.selectFrom('lifecycle_service').selectAll().execute();
  const answer = await killedThenRetried(`/services/${service!.id}/renewals`, { months: 1 });
  const after = await customer.service(service!.id);
  assert.equal(after.period_end, answer.period_end);
  assert.equal(after.period_start, service!.period_end.toISOString());
  assert.equal(await customer.balance(), '80.20');
});

test('F01 API killed after a top-up was begun: one payment, and it can be paid', async () => {
  const answer = await killedThenRetried('/payments', { amount: '5', channel: 'alipay' });
  const payments = await world.server.house.db
    .selectFrom('payments_payment')
    .selectAll()
    .where('amount_micro', '=', 5_000_000n)
    .execute();
  assert.deepEqual(
    payments.map((payment) => [payment.id, payment.out_trade_no]),
    [[answer.id, answer.out_trade_no]],
  );
  assert.deepEqual(await ledgerCheck(world.server.house.db), { sum: 0n, drift: 0n });
});

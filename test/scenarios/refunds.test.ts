import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sql } from 'kysely';
import { violated } from '#kernel/db.ts';
import { addDays } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { behindOurBack } from '../faults/support/node.ts';
import { caller, callUntilAnswered } from '../faults/support/wire.ts';
import { books, brandWith, REFUNDING, refusedBy, staffOf, TAXED, yuan } from '../support/money.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

const ZONE = 'Asia/Shanghai';
/** 蓝天云 as it is: nothing is refunded. */
let strict: World;
let refunding: World;
before(async () => {
  strict = await testWorld({ seed: true });
  const brandsDir = await brandWith('terms.yaml', REFUNDING, [['catalogue.yaml', [TAXED]]]);
  refunding = await testWorld({ seed: true, brandsDir });
});

async function running(world: World, customer: StoryCustomer): Promise<string> {
  const id = await customer.order({ access: PASSWORD_ACCESS });
  await customer.until(id, ({ state }) => state === 'active');
  await world.drain();
  return id;
}

const params = (id: string) => ({ params: { path: { id } } });
const preview = ({ api }: StoryCustomer, id: string) => ok(api.GET('/api/v1/services/{id}/end', params(id)));
const end = ({ api }: StoryCustomer, id: string, give_up = false) =>
  ok(api.POST('/api/v1/services/{id}/end', { ...params(id), body: { give_up } }));

test('[lantian 5.4] where nothing is refunded, the preview and the refusal cite the clause, and only who gives it up ends it', async () => {
  const customer = await readyCustomer(strict, '20');
  const id = await running(strict, customer);
  const told = await preview(customer, id);
  assert.deepEqual([told.left, told.refund, told.clause.id], ['9.90', '0.00', '5.4']);
  await assert.rejects(end(customer, id), refusedBy('nothing-refunded', '5.4'));
  assert.equal((await customer.service(id)).state, 'active');
  assert.equal((await end(customer, id, true)).refunded, '0.00');
  assert.equal(await customer.balance(), '10.10');
  assert.equal((await customer.service(id)).state, 'deleted');
  await strict.drain();
  assert.deepEqual(await behindOurBack(strict).observe(), [], 'the machine is gone');
  const ended = (await customer.history(id)).find(({ action }) => action === 'service.ended');
  assert.equal(ended?.clause?.id, '5.4');
  await assert.rejects(end(customer, id, true), refusedBy('not-endable'));
  await books(strict);
});

test('the operator’s own end: announced as the terms ask, and what isn’t consumed comes back', async () => {
  const staff = await staffOf(strict);
  const lantian = await readyCustomer(strict, '20');
  const kept = await running(strict, lantian);
  const announce = (id: string, api = staff) =>
    ok(api.POST('/api/v1/staff/services/{id}/end', { ...params(id), body: { reason: '机房迁出' } }));
  await assert.rejects(announce(kept), refusedBy('end-not-in-terms'));

  const customer = await readyCustomer(refunding, '50');
  const id = await running(refunding, customer);
  await customer.renew(id);
  const { period_start, period_end } = await customer.service(id);
  const api = await staffOf(refunding);
  const { ends_at } = await announce(id, api);
  assert.equal(ends_at, addDays(refunding.clock.now(), 30, ZONE).toISOString());
  assert.equal((await announce(id, api)).ends_at, ends_at, 'said twice, it stays as it was');
  const { items } = await ok(customer.api.GET('/api/v1/notices'));
  assert.equal(items.filter(({ kind }) => kind === 'service-ending').length, 1);
  await refunding.advanceTo(addDays(new Date(ends_at), -1, ZONE));
  await customer.stayIn(refunding.clock.now());
  assert.equal((await customer.service(id)).state, 'active');
  await refunding.advanceTo(new Date(ends_at));
  assert.equal((await customer.service(id)).state, 'deleted');
  // The first month has one day left, the second all of it.
  const [from, to] = [new Date(period_start), new Date(period_end)];
  assert.ok(new Date(ends_at) < from && from < to);
  const balance = yuan(await customer.balance());
  assert.ok(balance > yuan('50') - yuan('9.90') && balance < yuan('50') - yuan('9.50'), String(balance));
  const { deferred_revenue = 0n, revenue = 0n, tax = 0n, customer_cash = 0n } = await books(refunding);
  assert.equal(deferred_revenue, 0n);
  assert.equal(revenue + tax + customer_cash, yuan('50'));
  const ended = (await customer.history(id)).find(({ action }) => action === 'service.ended');
  assert.deepEqual([ended?.clause?.id, ended?.actor], ['5.4', 'system']);
});

test('F32 a refund above what was paid, or twice for one cause, is refused by the database itself', async () => {
  const customer = await readyCustomer(refunding, '20');
  const id = await running(refunding, customer);
  const { db } = refunding.server.house;
  const order = await db
    .selectFrom('billing_order')
    .selectAll()
    .where('service_id', '=', id)
    .executeTakeFirstOrThrow();
  const refund = (amount: bigint, cause: string) =>
    sql`insert into billing_refund (id, brand, order_id, cause, amount_micro, tax_micro, gift_micro, lapsed_micro, reason, at)
      values (gen_random_uuid(), 'lantian', ${order.id}, ${cause}, ${amount}, 0, 0, 0, 'by hand', ${refunding.clock.now()})`.execute(
      db,
    );
  const refusedAs = (constraint: string) => (error: unknown) => violated(error) === constraint;
  await assert.rejects(refund(order.amount_micro + 1n, 'a'), refusedAs('billing_order_refund'));
  await refund(1n, 'b');
  await assert.rejects(refund(1n, 'b'), refusedAs('billing_refund_once'));
  await assert.rejects(refund(order.amount_micro, 'c'), refusedAs('billing_order_refund'));
  await assert.rejects(
    db.updateTable('billing_order').set({ refunded_micro: -1n }).where('id', '=', order.id).execute(),
    refusedAs('billing_order_refund'),
  );
  const twice = await Promise.all(
    Array.from({ length: 10 }, () =>
      callUntilAnswered(caller(refunding, customer), `/services/${id}/end`, { body: {} }),
    ),
  );
  // One micro-yuan too many was taken by hand above: even so nothing more than what was paid can go.
  const codes = twice.map(({ status, body }) => (status === 201 ? 'ended' : String(body.code)));
  assert.deepEqual([...new Set(codes)], ['internal']);
  assert.equal(await customer.balance(), '10.10');
  await books(refunding);
});

test('10 ends of one service at once: one ends it, the money comes back once', async () => {
  const customer = await readyCustomer(refunding, '20');
  const id = await running(refunding, customer);
  const replies = await Promise.all(
    Array.from({ length: 10 }, () =>
      callUntilAnswered(caller(refunding, customer), `/services/${id}/end`, { body: {} }),
    ),
  );
  const outcomes = replies.map(({ status, body }) =>
    status === 201 ? String(body.refunded) : String(body.code),
  );
  assert.deepEqual(outcomes.sort(), ['9.90', ...Array(9).fill('not-endable')]);
  assert.equal(await customer.balance(), '20.00');
  await books(refunding);
});

test('F33 renewal and end at once: one of both orders of events, never half of each, and the money is right', async () => {
  const customer = await readyCustomer(refunding, '100');
  for (let round = 0; round < 5; round++) {
    const id = await running(refunding, customer);
    const before = yuan(await customer.balance());
    const send = (path: string, body: object) =>
      callUntilAnswered(caller(refunding, customer), `/services/${id}/${path}`, { body });
    const [renewed, ended] = await Promise.all([send('renewals', { months: 1 }), send('end', {})]);
    assert.equal(ended.status, 201);
    assert.ok(renewed.status === 201 || renewed.body.code === 'not-renewable', renewed.text);
    const back = yuan(String(ended.body.refunded));
    const cost = renewed.status === 201 ? yuan('9.90') : 0n;
    assert.equal(back, yuan('9.90') + cost, 'nothing has passed, so all of it');
    assert.equal(yuan(await customer.balance()), before - cost + back);
    assert.equal((await customer.service(id)).state, 'deleted');
  }
  assert.equal(await customer.balance(), '100.00');
  await books(refunding);
});

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addDays } from '#kernel/time.ts';
import { balances } from '#modules/ledger/index.ts';
import { ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { look, rejected, troubledNode } from '../faults/support/node.ts';
import { caller, callUntilAnswered, ORDER } from '../faults/support/wire.ts';
import { books, brandWith, idOf, REFUNDING, refusedBy, staffOf, yuan } from '../support/money.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

const ZONE = 'Asia/Shanghai';
const { node, hypervisors } = troubledNode();
let world: World;
before(async () => {
  world = await testWorld({ seed: true, hypervisors, brandsDir: await brandWith('terms.yaml', REFUNDING) });
});

async function grant(customer: StoryCustomer, amount: string, days: number, products: string[] = []) {
  const body = {
    ...{ amount, products, reason: 'a welcome' },
    name: { zh: '赠金', en: 'Gift' },
    expires_at: addDays(world.clock.now(), days, ZONE).toISOString(),
  };
  const params = { path: { id: await idOf(customer) } };
  // Signed in anew: a staff session is over sooner than these days pass.
  const staff = await staffOf(world);
  return (await ok(staff.POST('/api/v1/staff/customers/{id}/gifts', { params, body }))).id;
}

const gifts = async ({ api }: StoryCustomer) =>
  Object.fromEntries((await ok(api.GET('/api/v1/gifts'))).items.map((gift) => [gift.id, gift.left]));
const order = (customer: StoryCustomer) => customer.order({ access: PASSWORD_ACCESS });
const ledgerGift = async (customer: StoryCustomer) =>
  (await balances(world.server.house.db, 'lantian', await idOf(customer))).gift;

test('gifts pay first, the one that ends soonest before others, within their scope; cash pays the rest', async () => {
  const customer = await readyCustomer(world, '20');
  const late = await grant(customer, '5', 60);
  const soon = await grant(customer, '3', 10, ['nat-vps']);
  const other = await grant(customer, '50', 5, ['cdn']);
  assert.equal(await ledgerGift(customer), yuan('58'));
  assert.equal(await customer.balance(), '20.00', 'a gift is no cash');
  const quote = await ok(
    customer.api.POST('/api/v1/quote', { body: { plan: 'nat-s', region: 'hk', months: 1 } as never }),
  );
  assert.deepEqual(quote.payment, { gift: '8.00', cash: '1.90', missing: '0.00' });
  await order(customer);
  assert.deepEqual(await gifts(customer), { [late]: '0.00', [soon]: '0.00', [other]: '50.00' });
  assert.equal(await customer.balance(), '18.10');
  const { items } = await ok(customer.api.GET('/api/v1/orders'));
  assert.deepEqual([items[0]?.amount, items[0]?.paid_by_gifts], ['9.90', '8.00']);
  assert.equal(await ledgerGift(customer), yuan('50'));
  await books(world);
});

test('F26 30 orders at once with 5 gifts of 9.90 and cash for two: seven are made, to the micro-yuan', async () => {
  const customer = await readyCustomer(world, '20');
  for (let i = 0; i < 5; i++) await grant(customer, '9.90', 20 + i);
  const replies = await Promise.all(
    Array.from({ length: 30 }, () => callUntilAnswered(caller(world, customer), '/orders', { body: ORDER })),
  );
  assert.equal(replies.filter(({ status }) => status === 201).length, 7);
  assert.ok(replies.every(({ status, body }) => status === 201 || body.code === 'insufficient-balance'));
  assert.equal(await customer.balance(), '0.20');
  assert.equal(await ledgerGift(customer), 0n);
  await books(world);
});

test('what could not be made goes back to gift and cash as it was paid; a gift that has ended is gone', async () => {
  const customer = await readyCustomer(world, '20');
  const [short, long] = [await grant(customer, '3', 1), await grant(customer, '4', 90)];
  node.trouble = rejected('create');
  const id = await order(customer);
  assert.equal(await customer.balance(), '17.10');
  await world.drain();
  for (let i = 0; i < 4 && (await customer.service(id)).state === 'preparing'; i++) await look(world);
  node.trouble = null;
  assert.equal((await customer.service(id)).state, 'failed');
  assert.deepEqual(await gifts(customer), { [short]: '3.00', [long]: '4.00' });
  assert.equal(await customer.balance(), '20.00');
  await books(world);
});

test('a service that ends: the unconsumed part goes back as it was paid, in gifts that still run', async () => {
  const customer = await readyCustomer(world, '20');
  const [short, long] = [await grant(customer, '3', 2), await grant(customer, '4.95', 90)];
  const id = await order(customer);
  const { period_start, period_end } = await customer.until(id, ({ state }) => state === 'active');
  await world.drain();
  await world.advanceTo(addDays(world.clock.now(), 15, ZONE));
  const [from, to] = [new Date(period_start).getTime(), new Date(period_end).getTime()];
  const left = yuan('9.90') - (yuan('9.90') * BigInt(world.clock.now().getTime() - from)) / BigInt(to - from);
  const params = { path: { id } };
  const told = await ok(customer.api.GET('/api/v1/services/{id}/end', { params }));
  assert.equal(yuan(told.refund), left);
  const { refunded } = await ok(customer.api.POST('/api/v1/services/{id}/end', { params, body: {} }));
  // 3 of 9.90 came from a gift that has ended since: that share is gone with it.
  const lapsed = (left * yuan('3')) / yuan('9.90');
  const off = (amount: bigint, wanted: bigint) => (amount > wanted ? amount - wanted : wanted - amount);
  assert.ok(off(yuan(refunded), left - lapsed) <= 2n, refunded);
  const back = await gifts(customer);
  assert.equal(back[short], '0.00');
  assert.ok(off(yuan(back[long]!), left / 2n) <= 2n, 'half of it was paid by this one');
  assert.equal(yuan(back[long]!) + yuan(await customer.balance()) - yuan('18.05'), yuan(refunded));
  const { deferred_revenue = 0n } = await books(world);
  const others = await ok(customer.api.GET('/api/v1/orders'));
  assert.equal(others.items[0]?.refunded, told.refund);
  assert.ok(deferred_revenue >= 0n);
});

test('at its end what is left of a gift goes back to promotion, and the clause on gifts is on record', async () => {
  const customer = await readyCustomer(world, null);
  const id = await grant(customer, '7', 3);
  const before = (await books(world)).promotion ?? 0n;
  await world.advanceTo(addDays(world.clock.now(), 3, ZONE));
  await customer.stayIn(world.clock.now());
  assert.deepEqual(await gifts(customer), { [id]: '0.00' });
  const after = (await books(world)).promotion ?? 0n;
  assert.ok(after - before >= yuan('7'));
  assert.equal(await ledgerGift(customer), 0n);
  const { db } = world.server.house;
  const event = await db
    .selectFrom('audit_event')
    .select(['clause_id', 'facts'])
    .where('subject_id', '=', id)
    .where('action', '=', 'gift.expired')
    .executeTakeFirstOrThrow();
  assert.equal(event.clause_id, '5.1');
  await assert.rejects(order(customer), refusedBy('insufficient-balance'));
});

test('a gift that is none is refused (F28)', async () => {
  const customer = await readyCustomer(world, null);
  for (const amount of ['0', '-5', '1e3', '1,00', 'NaN'])
    await assert.rejects(grant(customer, amount, 5), refusedBy('invalid-input'));
  await assert.rejects(grant(customer, '5', -1), refusedBy('gift-expiry'));
});

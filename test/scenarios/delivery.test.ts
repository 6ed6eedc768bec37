import assert from 'node:assert/strict';
import { afterEach, before, test } from 'node:test';
import { addMinutes } from '#kernel/time.ts';
import { HypervisorError } from '#modules/compute/driver.ts';
import { ledgerCheck } from '#modules/ledger/index.ts';
import { ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { behindOurBack, look, rejected, troubledNode, unreachable } from '../faults/support/node.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

const { node, hypervisors } = troubledNode();
let world: World;
let customer: StoryCustomer;
before(async () => {
  world = await testWorld({ hypervisors });
  customer = await readyCustomer(world, '200');
});
afterEach(() => {
  node.trouble = null;
});

const xl = { plan: 'nat-xl', access: PASSWORD_ACCESS };

async function taken(): Promise<number> {
  const row = await world.server.house.db.selectFrom('catalogue_taken').selectAll().executeTakeFirst();
  return row?.taken ?? 0;
}

async function steps(id: string): Promise<string[]> {
  const { items } = await ok(customer.api.GET('/api/v1/services/{id}/steps', { params: { path: { id } } }));
  return items.map(({ step, state }) => `${step} ${state}`);
}

function instance(id: string) {
  return world.server.house.db
    .selectFrom('compute_instance')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

/** Orders, and has the node asked often enough for it to be refused for good. */
async function failsForGood(): Promise<string> {
  const id = await customer.order(xl);
  await world.drain();
  for (let i = 0; i < 4 && (await customer.service(id)).state === 'preparing'; i++) await look(world);
  return id;
}

test('[lantian 5.1] a create that the hypervisor keeps refusing: full refund, told, everything free again', async () => {
  node.trouble = rejected('create');
  const id = await failsForGood();
  const service = await customer.service(id);
  assert.equal(service.state, 'failed');
  assert.equal(await customer.balance(), '200.00');
  assert.equal(await taken(), 0, 'the piece is for sale again');
  const row = await instance(id);
  assert.equal(row.slot, null, 'address and ports are free');
  assert.notEqual(row.gone_at, null);
  const mappings = await world.server.house.db.selectFrom('compute_mapping').selectAll().execute();
  assert.deepEqual(mappings, []);
  assert.equal(service.actions.renew, false);

  const { items } = await ok(customer.api.GET('/api/v1/notices'));
  const told = items.filter(({ kind }) => kind === 'service-failed');
  assert.equal(told.length, 1);
  assert.match(told[0]!.subject, /79\.90/);
  assert.equal(told[0]!.state, 'sent');
  const shown = await steps(id);
  assert.deepEqual([shown[0], shown[1]], ['paid done', 'reserved done']);
  assert.ok(shown.includes('created failed'), shown.join());
  assert.equal(shown.at(-1), 'refunded done');
  const failed = (await customer.history(id)).find(({ action }) => action === 'service.failed');
  assert.equal(failed?.clause?.id, '5.1');
  const { items: lines } = await ok(customer.api.GET('/api/v1/statement'));
  assert.deepEqual(
    lines.slice(0, 2).map(({ amount }) => amount),
    ['79.90', '-79.90'],
  );
  const { items: orders } = await ok(customer.api.GET('/api/v1/orders'));
  assert.equal(orders[0]?.state, 'refunded');
});

test('an image that never boots, or never takes the password, ends the same way, and leaves no machine behind', async () => {
  for (const method of ['power', 'exec'] as const) {
    node.trouble = rejected(method);
    const id = await failsForGood();
    node.trouble = null;
    await look(world);
    assert.equal((await customer.service(id)).state, 'failed', method);
    assert.deepEqual(await behindOurBack(world).observe(), [], method);
    assert.equal(await customer.balance(), '200.00');
    assert.equal((await instance(id)).slot, null);
  }
});

test('a failed order earns nothing, however late it fails', async () => {
  const { db, clock } = world.server.house;
  node.trouble = unreachable;
  const id = await customer.order(xl);
  await world.drain();
  await world.advanceTo(addMinutes(clock.now(), 20 * 60));
  node.trouble = rejected('create');
  for (let i = 0; i < 4; i++) await look(world);
  assert.equal((await customer.service(id)).state, 'failed');
  assert.equal(await customer.balance(), '200.00');
  const accounts = await db.selectFrom('ledger_account').select(['kind', 'balance_micro']).execute();
  const of = (kind: string) => accounts.find((account) => account.kind === kind)?.balance_micro ?? 0n;
  assert.deepEqual([of('revenue'), of('deferred_revenue')], [0n, 0n]);
  assert.deepEqual(await ledgerCheck(db), { sum: 0n, drift: 0n });
});

test('F08 the node cannot be reached: no refund, no failure; made as soon as it is back', async () => {
  node.trouble = unreachable;
  const id = await customer.order(xl);
  await world.drain();
  for (let i = 0; i < 6; i++) await look(world, 'compute.observe').catch(() => undefined);
  await world.advanceTo(addMinutes(world.clock.now(), 12 * 60));
  const waiting = await customer.service(id);
  assert.equal(waiting.state, 'preparing');
  assert.equal(waiting.instance?.trouble, true, 'that it is stuck can be seen');
  assert.equal(await customer.balance(), '120.10');
  await look(world, 'compute.probe');
  const [row] = await world.server.house.db.selectFrom('compute_node').selectAll().execute();
  assert.match(row?.error ?? '', /ECONNREFUSED/);
  node.trouble = null;
  await look(world, 'compute.probe');
  await look(world);
  const service = await customer.until(id, ({ state }) => state === 'active');
  assert.equal(service.instance?.power, 'running');
  assert.equal(await customer.balance(), '120.10');
});

test('F08 failures to reach the node do not count as refusals: one refusal afterwards is not the end', async () => {
  node.trouble = unreachable;
  const id = await customer.order({ access: PASSWORD_ACCESS });
  await world.drain();
  for (let i = 0; i < 5; i++) await retryNow(id);
  assert.equal((await customer.service(id)).state, 'preparing');
  let refusals = 0;
  node.trouble = (method) => {
    if (method === 'create' && refusals++ === 0) throw new HypervisorError('rejected', 'just once');
  };
  await look(world);
  assert.equal(refusals, 1);
  assert.equal((await customer.service(id)).state, 'preparing');
  await look(world);
  assert.equal((await customer.until(id, ({ state }) => state === 'active')).instance?.power, 'running');
});

test('F08 the node cannot be reached while a service is in use: it stays active and is not billed or suspended for it', async () => {
  const { items } = await ok(customer.api.GET('/api/v1/services'));
  const service = items.find(({ state }) => state === 'active')!;
  node.trouble = unreachable;
  await look(world).catch(() => undefined);
  const after = await customer.service(service.id);
  assert.deepEqual([after.state, after.period_end], ['active', service.period_end]);
});

test('a node that stays away for more than a day: the customer’s money comes back', async () => {
  node.trouble = unreachable;
  const before = await customer.balance();
  const id = await customer.order({ access: PASSWORD_ACCESS });
  await world.drain();
  await world.advanceTo(addMinutes(world.clock.now(), 25 * 60));
  await retryNow(id);
  assert.equal((await customer.service(id)).state, 'failed');
  assert.equal(await customer.balance(), before);
  assert.notEqual(
    (await instance(id)).slot,
    null,
    'what may stand on the node keeps its ports until it is seen gone',
  );
  node.trouble = null;
  await look(world);
  assert.equal((await instance(id)).slot, null);
});

/** Has the machine looked after now, as its patrol does once the node answers. */
async function retryNow(id: string): Promise<void> {
  const { reconcileSoon } = await import('#modules/compute/reconcile-soon.ts');
  await world.server.house.db.transaction().execute((tx) => reconcileSoon(tx, id));
  await world.drain();
}

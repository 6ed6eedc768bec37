import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { refusedBy } from '../support/money.ts';
import { Book, customerAt, hours, later, mailsTo, siteOf } from '../support/outages.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** Moves to another data centre (亚云 5.5, 8.6): announced natural days ahead, to everybody, with evidence. */

let world: World;
let staff: Book;
let node: string;

before(async () => {
  world = await testWorld();
  staff = new Book(world, siteOf(world, 'asiayun'));
  const { db } = world.server.house;
  node = (await db.selectFrom('compute_node').select('id').executeTakeFirstOrThrow()).id;
});

async function bought(
  hostname: string,
  brand = 'asiayun',
): Promise<{ customer: StoryCustomer; service: string }> {
  const customer = await customerAt(siteOf(world, brand), '100');
  const { products } = await ok(customer.api.GET('/api/v1/catalogue'));
  const plan = products[0]!.plans.find(({ regions }) => regions.includes('hk'))!.id;
  const service = await customer.order({ access: PASSWORD_ACCESS, plan, region: 'hk', hostname });
  await world.drain();
  return { customer, service };
}

interface Wanted {
  from: Date;
  until?: Date;
  kind?: 'planned' | 'bad-node';
  services?: string[];
  node?: string | null;
  by?: Book;
}

async function schedule({ from, until, kind, services = [], node: of = null, by = staff }: Wanted) {
  const body = {
    kind: kind ?? 'planned',
    node: of,
    services,
    destination: { zh: '二号机房', en: 'the second data centre' },
    reason: '机房到期',
    from: from.toISOString(),
    until: (until ?? later(from, hours(4))).toISOString(),
  };
  return (await ok((await by.one()).POST('/api/v1/staff/moves', { body }))).id;
}

async function move(id: string, by = staff) {
  const { items } = await ok((await by.one()).GET('/api/v1/staff/moves'));
  return items.find((one) => one.id === id)!;
}

async function act(id: string, what: 'window' | 'cancellation' | 'completion', body: object) {
  const api = await staff.one();
  const params = { path: { id } };
  if (what === 'window')
    return ok(api.POST('/api/v1/staff/moves/{id}/window', { params, body: body as never }));
  if (what === 'cancellation')
    return ok(api.POST('/api/v1/staff/moves/{id}/cancellation', { params, body: body as never }));
  return ok(api.POST('/api/v1/staff/moves/{id}/completion', { params, body: body as never }));
}

for (const brand of ['asiayun', 'wujiyun'] as const) {
  test(`[${brand} 5.5] no move with less than three natural days’ notice: 2 days 23 hours is refused by the clause`, async () => {
    const { service } = await bought('soon1', brand);
    const by = new Book(world, siteOf(world, brand));
    const now = world.clock.now();
    const at = (ms: number) => schedule({ from: later(now, ms), services: [service], by });
    await assert.rejects(at(hours(2 * 24 + 23)), refusedBy('move-too-soon', '5.5'));
    await assert.rejects(at(hours(3 * 24) - 1_000), refusedBy('move-too-soon', '5.5'));
    const id = await at(hours(3 * 24));
    const { told, state } = await move(id, by);
    assert.equal(state, 'scheduled');
    assert.deepEqual(
      told.map(({ what, clause_id }) => [what, clause_id]),
      [['announced', '5.5']],
    );
  });
}

test('[asiayun 5.5] [asiayun 3.6] everybody on the node is told, also who comes later, and it is on record', async () => {
  const [first, second] = [await bought('here1'), await bought('here2')];
  const id = await schedule({ from: later(world.clock.now(), hours(100)), node });
  const told = (await move(id)).told;
  for (const { service } of [first, second])
    assert.ok(told.some((one) => one.service_id === service && one.notice_id && one.clause_id === '5.5'));
  await world.drain();
  assert.equal((await mailsTo(first.customer, /here1 将于 .* 迁移机房/)).length, 1);

  await world.advanceTo(later(world.clock.now(), hours(90)));
  const newcomer = await bought('late1');
  const late = (await move(id)).told.filter(({ service_id }) => service_id === newcomer.service);
  assert.deepEqual(
    late.map(({ what }) => what),
    ['announced'],
  );
  assert.equal((await mailsTo(newcomer.customer, /late1 将于 .* 迁移机房/)).length, 1);
  const query = { service: newcomer.service };
  const { items } = await ok(newcomer.customer.api.GET('/api/v1/account/moves', { params: { query } }));
  assert.deepEqual([items.length, items[0]!.id, items[0]!.state], [1, id, 'scheduled']);
  await act(id, 'cancellation', { reason: 'test' });
});

test('[asiayun 5.5] a new window is announced anew, as long ahead; what is called off is told', async () => {
  const { customer, service } = await bought('moved1');
  const now = world.clock.now();
  const id = await schedule({ from: later(now, hours(80)), services: [service] });
  const window = (from: Date) => ({
    from: from.toISOString(),
    until: later(from, hours(2)).toISOString(),
    reason: '天气',
  });
  await assert.rejects(act(id, 'window', window(later(now, hours(60)))), refusedBy('move-too-soon', '5.5'));
  await act(id, 'window', window(later(now, hours(96))));
  await assert.rejects(act(id, 'completion', { new_address: null }), refusedBy('move-not-begun'));
  await act(id, 'cancellation', { reason: '不搬了' });
  await assert.rejects(act(id, 'cancellation', { reason: '不搬了' }), refusedBy('move-over'));
  await world.drain();
  assert.equal((await mailsTo(customer, /迁移时间改为/)).length, 1);
  assert.equal((await mailsTo(customer, /不迁移了/)).length, 1);
  assert.deepEqual(
    (await move(id)).told.map(({ what }) => what),
    ['announced', 'changed', 'cancelled'],
  );
});

test('[asiayun 8.6] a node that its data centre makes bad is left at once, and the address that replaces its own is on record', async () => {
  const { customer, service } = await bought('bad1');
  const now = world.clock.now();
  const id = await schedule({ from: now, node, kind: 'bad-node' });
  const told = (await move(id)).told.filter((one) => one.service_id === service);
  assert.deepEqual(
    told.map(({ what, clause_id }) => [what, clause_id]),
    [['announced', '8.6']],
  );
  await assert.rejects(act(id, 'completion', { new_address: 'no address' }), refusedBy('invalid-input'));
  await act(id, 'completion', { new_address: '203.0.113.9' });
  const done = await move(id);
  assert.deepEqual([done.state, done.old_address, done.new_address], ['done', '127.0.0.1', '203.0.113.9']);
  await world.drain();
  assert.match((await mailsTo(customer, /bad1 迁移完成/))[0]!.body, /127\.0\.0\.1 → 203\.0\.113\.9/);
});

test('terms without a number ask for no days, but everybody is told; without 8.6 no node is left as bad', async () => {
  const { customer, service } = await bought('other1', 'lantian');
  const by = new Book(world, siteOf(world, 'lantian'));
  const from = later(world.clock.now(), hours(1));
  await assert.rejects(
    schedule({ from, services: [service], kind: 'bad-node', by }),
    refusedBy('move-bad-node-unknown'),
  );
  const id = await schedule({ from, services: [service], by });
  assert.deepEqual(
    (await move(id, by)).told.map(({ clause_id }) => clause_id),
    [null],
  );
  await world.drain();
  assert.equal((await mailsTo(customer, /迁移机房/)).length, 1);
});

test('bad input: windows that are over or end before they begin, and moves of nothing', async () => {
  const now = world.clock.now();
  const { service } = await bought('odd1');
  const from = later(now, hours(100));
  await assert.rejects(schedule({ from, until: from, services: [service] }), refusedBy('move-window'));
  await assert.rejects(schedule({ from: later(now, -1_000), services: [service] }), refusedBy('move-window'));
  await assert.rejects(schedule({ from }), refusedBy('move-nobody'));
  const nobody = '018f0000-0000-7000-8000-000000000000';
  await assert.rejects(schedule({ from, node: nobody }), refusedBy('not-found'));
});

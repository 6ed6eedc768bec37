import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { sql } from 'kysely';
import { ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { measure } from '../browser/site.ts';
import { behindOurBack } from '../faults/support/node.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** 云服务器: what is rented and managed (S1), what is recorded of its use (P1.3), what payments leave behind (P1.4). */

let world: World;
let customer: StoryCustomer;
let id: string;

before(async () => {
  world = await testWorld();
  const { brands } = world.server.house;
  customer = new StoryCustomer(brands.url(brands.get('yunfuwuqi'), world.url));
  await customer.getReady('60');
});

const power = (action: 'restart' | 'stop' | 'start') =>
  ok(customer.api.POST('/api/v1/services/{id}/power', { params: { path: { id } }, body: { action } }));
const running = async () => (await behindOurBack(world).observe())[0]?.power;

test('[yunfuwuqi S1] a server is rented with its processor, memory, disk and network, and managed from the panel', async () => {
  id = await customer.order({ plan: 'cs-1', region: 'sg', access: PASSWORD_ACCESS, hostname: 'rented' });
  const { instance } = await customer.until(id, ({ state }) => state === 'active');
  assert.deepEqual(
    [instance?.cpus, instance?.memory_mb, instance?.disk_gb, instance?.bandwidth_mbps],
    [1, 1024, 15, 30],
  );
  await world.drain();
  assert.equal(await running(), 'running');
  await power('stop');
  await world.drain();
  assert.equal(await running(), 'stopped');
  await power('start');
  await world.drain();
  assert.equal(await running(), 'running');
  const path = { params: { path: { id } } };
  await ok(
    customer.api.POST('/api/v1/services/{id}/mappings', {
      ...path,
      body: { protocol: 'tcp', target_port: 80 },
    }),
  );
  const { items } = await ok(customer.api.GET('/api/v1/services/{id}/mappings', path));
  assert.ok(items.some(({ target_port }) => target_port === 80));
});

test('[yunfuwuqi P1.3] of the use of a server is recorded: its configuration, load, operations, and from where they came', async () => {
  await measure(world, 2);
  const { points } = await ok(
    customer.api.GET('/api/v1/services/{id}/metrics', {
      params: { path: { id }, query: { window: '1h' } },
    }),
  );
  assert.ok(points.length > 0, 'processor, memory, disk and traffic are measured');
  const rows = await world.server.house.db
    .selectFrom('audit_event')
    .select(['action', 'ip'])
    .where('subject_id', '=', id)
    .where('actor_kind', '=', 'customer')
    .execute();
  assert.ok(rows.length >= 2 && rows.every(({ ip }) => ip === '127.0.0.1'));
});

test('[yunfuwuqi P1.4] of a payment its number and state are kept, and nothing by which anybody could pay', async () => {
  const { items } = await ok(customer.api.GET('/api/v1/payments'));
  assert.deepEqual([items[0]?.state, items[0]?.amount], ['paid', '60.00']);
  assert.match(items[0]?.out_trade_no ?? '', /^\S{10,}$/);
  const { rows: columns } = await sql<{ name: string }>`select table_name || '.' || column_name as name
    from information_schema.columns where table_schema = 'public'
    and column_name ~ '(card|cvv|pay_password|payer_account|buyer)'`.execute(world.server.house.db);
  assert.deepEqual(columns, [], 'no column is for it');
  // What the channel says of its payer beside what we asked: the account by which it paid.
  const { rows } = await sql<{
    row: string;
  }>`select to_jsonb(p)::text as row from payments_payment p`.execute(world.server.house.db);
  for (const { row } of rows) assert.doesNotMatch(row, /san\*\*\*@|buyer|logon/);
});

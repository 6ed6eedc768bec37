import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { ledgerCheck } from '#modules/ledger/index.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { simulatedNode, type World } from '#server/world.ts';
import { behindOurBack } from '../faults/support/node.ts';
import { caller, callUntilAnswered, forgiveVisitors, ORDER } from '../faults/support/wire.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

async function buyers(world: World, count: number, balance: string): Promise<StoryCustomer[]> {
  const all: StoryCustomer[] = [];
  while (all.length < count) {
    await forgiveVisitors(world);
    const more = Array.from({ length: Math.min(10, count - all.length) }, async () => {
      const customer = new StoryCustomer(world.url);
      await customer.signUp();
      await customer.acceptTerms();
      await customer.topUp(balance);
      return customer;
    });
    all.push(...(await Promise.all(more)));
  }
  return all;
}

function tally(replies: { status: number; body: Record<string, unknown> }[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status, body } of replies) {
    const outcome = status === 201 ? 'made' : String(body.code);
    counts[outcome] = (counts[outcome] ?? 0) + 1;
  }
  return counts;
}

test('20 buyers of a plan of which 5 are in stock: 5 get it, 15 keep their money', async () => {
  const world = await testWorld();
  const all = await buyers(world, 20, '100');
  const body = { ...ORDER, plan: 'nat-xl' };
  const replies = await Promise.all(
    all.map((customer) => callUntilAnswered(caller(world, customer), '/orders', { body })),
  );
  assert.deepEqual(tally(replies), { made: 5, 'no-stock': 15 });
  const balances = await Promise.all(all.map((customer) => customer.balance()));
  assert.deepEqual(
    balances,
    replies.map(({ status }) => (status === 201 ? '20.10' : '100.00')),
  );
  const { db } = world.server.house;
  assert.equal((await db.selectFrom('catalogue_taken').selectAll().executeTakeFirst())?.taken, 5);
  await world.drain();
  assert.equal((await behindOurBack(world).observe()).length, 5);
  assert.deepEqual(await ledgerCheck(db), { sum: 0n, drift: 0n });
});

test('F15 they paid and ordered all at once, by accounts that all of them share, and nobody ran into a deadlock', async () => {
  const world = await testWorld();
  await buyers(world, 10, '20');
  // Each server process hands its counts in once it has been idle for a second.
  await sleep(1_500);
  const { rows } = await sql<{ deadlocks: bigint }>`select deadlocks from pg_stat_database
    where datname = current_database()`.execute(world.server.house.db);
  assert.equal(rows[0]?.deadlocks, 0n);
});

test('12 buyers of the last room of a node: its memory is never promised twice', async () => {
  // 32 GiB × 0.1 is room for 6 machines of 512 MiB.
  const world = await testWorld({ nodes: [simulatedNode({ memory_overcommit: 0.1 })] });
  const all = await buyers(world, 12, '20');
  const replies = await Promise.all(
    all.map((customer) => callUntilAnswered(caller(world, customer), '/orders', { body: ORDER })),
  );
  assert.deepEqual(tally(replies), { made: 6, 'no-capacity': 6 });
});

test('50 renewals of one service at once, each meant: every period ordered once, in a row, the money right', async () => {
  const world = await testWorld();
  const customer = await readyCustomer(world, '300');
  const id = await customer.order({ access: PASSWORD_ACCESS });
  const before = await customer.until(id, ({ state }) => state === 'active');
  const replies = await Promise.all(
    Array.from({ length: 50 }, () =>
      callUntilAnswered(caller(world, customer), `/services/${id}/renewals`, { body: { months: 1 } }),
    ),
  );
  // 290.10 is 29 months.
  assert.deepEqual(tally(replies), { made: 29, 'insufficient-balance': 21 });
  assert.equal(await customer.balance(), '3.00');
  const orders = await world.server.house.db
    .selectFrom('billing_order')
    .selectAll()
    .where('kind', '=', 'renewal')
    .orderBy('period_start')
    .execute();
  assert.equal(orders.length, 29);
  assert.equal(orders[0]!.period_start.toISOString(), before.period_end);
  for (const [i, order] of orders.slice(1).entries())
    assert.equal(order.period_start.getTime(), orders[i]!.period_end.getTime());
  const promised = replies.filter(({ status }) => status === 201).map(({ body }) => body.period_end);
  assert.equal(new Set(promised).size, 29, 'each answer names a period of its own');
  assert.equal((await customer.service(id)).period_end, orders.at(-1)!.period_end.toISOString());
});

test('renewal against suspension at the very end: one of both orders of events, never half of each', async () => {
  const world = await testWorld();
  const customer = await readyCustomer(world, '100');
  const ids = await Promise.all(Array.from({ length: 6 }, () => customer.order({ access: PASSWORD_ACCESS })));
  for (const id of ids) await customer.until(id, ({ state }) => state === 'active');
  const end = new Date((await customer.service(ids[0]!)).period_end);
  world.clock.moveTo(end);
  await customer.stayIn(end);
  const [, ...replies] = await Promise.all([
    world.advanceTo(end),
    ...ids
      .slice(0, 3)
      .map((id) =>
        callUntilAnswered(caller(world, customer), `/services/${id}/renewals`, { body: { months: 1 } }),
      ),
  ]);
  assert.deepEqual(tally(replies), { made: 3 });
  await world.drain();
  const services = await Promise.all(ids.map((id) => customer.service(id)));
  assert.deepEqual(
    services.map(({ state, instance }) => `${state} ${instance?.power}`),
    [...Array(3).fill('active running'), ...Array(3).fill('suspended stopped')],
  );
  assert.equal(await customer.balance(), '10.90');
});

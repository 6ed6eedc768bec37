import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { testWorld } from '../../test/support/world.ts';
import { connect, type Pools } from './db.ts';
import { Quota } from './quota.ts';

let pools: Pools;
let queries = 0;
before(async () => {
  const world = await testWorld();
  pools = connect(world.server.house.config.databaseUrl, 4);
  const query = pools.pool.query.bind(pools.pool) as (...args: unknown[]) => unknown;
  Object.assign(pools.pool, {
    query: (...args: unknown[]) => {
      queries += 1;
      return query(...args);
    },
  });
});

after(() => pools.close());

test('processes count together, never let more through than the limit, and rarely ask', async () => {
  const processes = [1, 2, 3].map(() => Quota.open(pools.pool, 'test'));
  const limit = { calls: 1_000, seconds: 600 };
  let through = 0;
  for (let round = 0; round < 50; round++) {
    const states = await Promise.all(
      Array.from({ length: 30 }, (_, i) => processes[i % 3]!.spend('one', limit)),
    );
    through += states.filter(({ within }) => within).length;
    for (const { resetS } of states) assert.ok(resetS > 0 && resetS <= 600);
  }
  assert.equal(through, 1_000, 'all of it is used up by who goes on, however it was parted');
  assert.ok(queries < 150, `${queries} queries for 1500 calls`);
  assert.deepEqual((await processes[0]!.spend('other', limit)).left, 999);
});

test('a window ends, and another begins', async () => {
  const quota = Quota.open(pools.pool, 'brief');
  const limit = { calls: 2, seconds: 1 };
  const within = async () => (await quota.spend('one', limit)).within;
  assert.deepEqual([await within(), await within(), await within()], [true, true, false]);
  const deadline = performance.now() + 10_000;
  while (!(await within())) {
    if (performance.now() > deadline) assert.fail('it never began anew');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
});

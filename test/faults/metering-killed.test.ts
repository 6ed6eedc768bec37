import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { request } from 'undici';
import { addMinutes } from '#kernel/time.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { BRAND, event, labOf } from '../support/metering.ts';
import { testWorld } from '../support/world.ts';
import { startChild } from './support/children.ts';

test('F44 the server killed while usage comes in, again and again: what was acknowledged is there, all of it counts once', async () => {
  const start = new Date('2026-03-02T02:00:00Z');
  const world = await testWorld({ start });
  const { port } = new URL(world.url);
  const url = `http://${BRAND}.localhost:${port}`;
  const customer = new StoryCustomer(url);
  await customer.getReady('50');
  const lab = await labOf(world, customer, url);
  await lab.open('photos', 'object-storage');

  const batches = Array.from({ length: 60 }, () =>
    Array.from({ length: 100 }, () =>
      event('storage.requests', 'photos', start, { count: 1, method: 'write' }),
    ),
  );
  const acknowledged = new Set<string>();
  const waiting = [...batches];
  const send = async (base: string) => {
    for (let batch = waiting.pop(); batch; batch = waiting.pop()) {
      const answer = await request(`${base}/api/v1/usage/events`, {
        method: 'POST',
        headers: {
          host: `${BRAND}.localhost`,
          'content-type': 'application/cloudevents-batch+json',
          authorization: `Bearer ${lab.token}`,
        },
        body: JSON.stringify(batch),
      }).catch(() => null);
      if (answer?.statusCode !== 200) {
        waiting.push(batch);
        return;
      }
      await answer.body.dump();
      for (const { id } of batch) acknowledged.add(id);
      await sleep(1);
    }
  };
  let kills = 0;
  while (waiting.length > 20 && kills < 5) {
    const child = await startChild(world, 'api');
    const sending = Promise.all([send(child.url), send(child.url), send(child.url)]);
    const enough = acknowledged.size + 500;
    while (acknowledged.size < enough && waiting.length > 10) await sleep(1);
    process.kill(child.pid, 'SIGKILL');
    await sending;
    assert.equal(await child.ended, 'SIGKILL');
    kills++;
    const rows = await world.server.house.db.selectFrom('metering_event').select('id').execute();
    const there = new Set(rows.map(({ id }) => id));
    assert.deepEqual(
      [...acknowledged].filter((id) => !there.has(id)),
      [],
      'acknowledged and lost',
    );
  }
  assert.ok(kills > 1 && acknowledged.size >= 1_000, `${kills} kills, ${acknowledged.size} acknowledged`);
  // The machine doesn't know what came through, so it sends all of it again.
  for (const batch of batches) assert.equal((await lab.send(batch)).status, 200);
  await world.advanceTo(addMinutes(start, 24 * 60));
  const charges = await world.server.house.db.selectFrom('metering_charge').select('quantity').execute();
  assert.deepEqual(
    charges.map(({ quantity }) => quantity),
    ['6000'],
  );
});

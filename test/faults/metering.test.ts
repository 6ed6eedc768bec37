import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addMinutes } from '#kernel/time.ts';
import { ledgerCheck } from '#modules/ledger/index.ts';
import { ok } from '#server/client.ts';
import { event, type Lab, openLab } from '../support/metering.ts';

let lab: Lab;

before(async () => {
  lab = await openLab();
  await lab.open('a');
});

function charges() {
  return ok(lab.customer.api.GET('/api/v1/usage/charges')).then(({ items }) => items);
}

test('F44 an event that comes twice, ten times at once, or in other company is counted once', async () => {
  const { world } = lab;
  const now = world.clock.now();
  const first = event('lab.requests', 'a', now, { count: 3_000 });
  const again = await Promise.all(Array.from({ length: 10 }, () => lab.send([first, first])));
  assert.deepEqual(
    again.map(({ status }) => status),
    Array(10).fill(200),
  );
  assert.equal(
    again.reduce((sum, { json }) => sum + Number(json.accepted), 0),
    1,
  );
  const other = await lab.send([event('lab.requests', 'a', now, { count: 1 }), first]);
  assert.deepEqual(other.json, { accepted: 1, duplicates: 1, quarantined: [] });
  // The same source and id are the same event, whatever else it says now.
  const changed = {
    ...first,
    time: addMinutes(now, -3 * 24 * 60).toISOString(),
    data: { count: 9_999, failed: 5, log: 'on' },
  };
  assert.equal(Number((await lab.send([changed])).json.accepted), 0);
  await world.advanceTo(addMinutes(now, 70));
  const [charge] = await charges();
  assert.equal(charge?.quantity, '3001');
  // 1,000 free, 2,001 at 0.37 for a thousand.
  assert.equal(charge?.amount, '0.74037');
  assert.deepEqual(await ledgerCheck(world.server.house.db), { sum: 0n, drift: 0n });
});

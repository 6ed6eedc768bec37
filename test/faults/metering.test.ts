import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addMinutes } from '#kernel/time.ts';
import { ledgerCheck } from '#modules/ledger/index.ts';
import { slotEnd } from '#modules/metering/slots.ts';
import { ok } from '#server/client.ts';
import { call, staffCookie } from '../api/call.ts';
import { event, type Lab, openLab, ZONE } from '../support/metering.ts';

let lab: Lab;

before(async () => {
  lab = await openLab();
  await lab.open('a');
});

/** The next full hour, when it has come. */
async function fullHour(): Promise<Date> {
  const hour = slotEnd(lab.world.clock.now(), 'hour', ZONE);
  await lab.world.advanceTo(hour);
  return hour;
}

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

test('F45 usage that comes after it was charged is an adjustment in the next settlement, not an edit', async () => {
  const { world } = lab;
  const start = world.clock.now();
  const before = await charges();
  assert.equal((await lab.send([event('lab.requests', 'a', start, { count: 4_000 })])).status, 200);
  await world.advanceTo(addMinutes(start, 130));
  const charged = await charges();
  assert.deepEqual(
    charged.slice(0, -before.length).map(({ kind, quantity }) => [kind, quantity]),
    [['usage', '4000']],
  );
  // Two hours late; the month is at 6,001 paid units, so a part is in the second tier.
  await lab.send([event('lab.requests', 'a', addMinutes(start, 1), { count: 2_000 })]);
  await world.advanceTo(addMinutes(start, 250));
  const [late, ...rest] = await charges();
  assert.deepEqual(rest, charged, 'nothing that was charged is touched');
  assert.equal(late?.kind, 'adjustment');
  assert.equal(late?.quantity, '2000');
  const paid = 3_001 + 4_000 - 1_000;
  const worth = (quantity: number) => Math.min(quantity, 5_000) * 370 + Math.max(0, quantity - 5_000) * 110;
  assert.equal(Number(late!.amount) * 1e6, worth(paid + 2_000) - worth(paid));
  const explained = await explain(late!.id);
  assert.deepEqual(
    explained.parts.map(({ kind, tier, quantity }) => [kind, tier, quantity]),
    [['tier', 2, '2000']],
  );
  assert.equal(explained.readings[0]?.events, 2);
});

test('F46 a counter that starts again from zero, out of order and late, never makes negative usage', async () => {
  const { world } = lab;
  const hour = await fullHour();
  const at = (minutes: number, total: number, source = '/edges/1') =>
    event('lab.octets', 'a', addMinutes(hour, minutes), { total }, { source });
  await world.advanceTo(addMinutes(hour, 59));
  const readings = [
    at(0, 5_000),
    at(5, 7_000),
    at(10, 300),
    at(15, 900),
    at(3, 100, '/edges/2'),
    at(20, 50, '/edges/2'),
  ];
  assert.equal((await lab.send(readings.toReversed())).json.accepted, 6);
  await world.advanceTo(addMinutes(hour, 70));
  const [first] = await charges();
  // Edge 1: 2,000, then 300 from zero, then 600. Edge 2: 50 from zero.
  assert.equal(first?.quantity, '2950');
  // A reading from before the reset that comes late: there were 8,000 before it began again.
  await lab.send([at(7, 8_000)]);
  await world.advanceTo(addMinutes(hour, 130));
  const [second] = await charges();
  assert.deepEqual([second?.kind, second?.quantity], ['adjustment', '1000']);
  assert.ok((await charges()).every(({ quantity }) => BigInt(quantity) >= 0n));
});

test('F47 what claims to come from the future is put aside, and staff let it count when its time has come, or never', async () => {
  const { world } = lab;
  const staff = await staffCookie(world);
  const now = world.clock.now();
  const soon = event('lab.requests', 'a', addMinutes(now, 4), { count: 1 });
  const late = event('lab.requests', 'a', addMinutes(now, 60), { count: 7 });
  const wrong = event('lab.requests', 'a', '2036-01-01T00:00:00Z', { count: 1_000_000 });
  const { status, json } = await lab.send([soon, late, wrong]);
  assert.equal(status, 200);
  assert.deepEqual(json, {
    accepted: 1,
    duplicates: 0,
    quarantined: [
      { index: 1, id: late.id, reason: 'future' },
      { index: 2, id: wrong.id, reason: 'future' },
    ],
  });
  const held = async () => {
    const { json: list } = await call(world, 'GET', '/staff/usage/quarantine', { cookie: staff });
    return list.items as { id: string; event_id: string; reason: string }[];
  };
  const rows = await held();
  assert.deepEqual(rows.map((row) => row.event_id).sort(), [late.id, wrong.id].sort());
  const idOf = (id: string) => rows.find((row) => row.event_id === id)!.id;
  const decide = (id: string, how: string) =>
    call(world, 'POST', `/staff/usage/quarantine/${idOf(id)}/${how}`, {
      cookie: staff,
      body: { note: 'looked into' },
    });
  assert.equal((await decide(late.id, 'release')).json.code, 'quarantine-stands');
  await world.advanceTo(addMinutes(now, 61));
  assert.deepEqual((await decide(late.id, 'release')).json, { accepted: 1, duplicates: 0 });
  assert.equal((await decide(wrong.id, 'refuse')).status, 204);
  assert.equal((await decide(wrong.id, 'release')).json.code, 'quarantine-decided');
  assert.deepEqual(await held(), []);
  assert.equal((await lab.send([late])).json.accepted, 0, 'it counted, once');
  assert.equal(
    (await lab.send([event('lab.requests', 'a', addMinutes(now, -36 * 24 * 60), { count: 1 })])).json
      .accepted,
    0,
  );
  assert.deepEqual(
    (await held()).map(({ reason }) => reason),
    ['too-old'],
  );
});

test('a charge beyond belief is held for staff, and keeps nobody else’s from being made', async () => {
  const { world } = lab;
  const staff = await staffCookie(world);
  const hour = await fullHour();
  const count = '123456789012345678';
  await lab.send([
    event('lab.requests', 'a', hour, { count }),
    event('lab.octets', 'a', hour, { total: 0 }, { source: '/h' }),
    event('lab.octets', 'a', addMinutes(hour, 1), { total: 10 }, { source: '/h' }),
  ]);
  await world.advanceTo(addMinutes(hour, 70));
  const [charge] = await charges();
  assert.deepEqual([charge?.meter, charge?.quantity], ['traffic', '10']);
  const held = async () =>
    (await call(world, 'GET', '/staff/usage/held', { cookie: staff })).json.items as { measured: string }[];
  assert.deepEqual(
    (await held()).map(({ measured }) => measured),
    [count],
  );
  const body = {
    product: 'lab',
    meter: 'requests',
    subject: 'a',
    at: hour.toISOString(),
    quantity: '-123456789012345670',
    reason: 'a broken edge',
  };
  assert.equal((await call(world, 'POST', '/staff/usage/corrections', { cookie: staff, body })).status, 201);
  assert.deepEqual(await held(), []);
  await world.advanceTo(addMinutes(hour, 130));
  assert.equal((await charges())[0]?.quantity, '8');
});

test('a correction stands beside what was measured: charged or given back, never below zero', async () => {
  const { world } = lab;
  const staff = await staffCookie(world);
  const hour = await fullHour();
  await lab.send([
    event('lab.octets', 'a', hour, { total: 0 }, { source: '/c' }),
    event('lab.octets', 'a', addMinutes(hour, 1), { total: 6_000 }, { source: '/c' }),
  ]);
  await world.advanceTo(addMinutes(hour, 130));
  const balance = Number(await lab.customer.balance());
  const correct = (quantity: string) =>
    call(world, 'POST', '/staff/usage/corrections', {
      cookie: staff,
      body: {
        product: 'lab',
        meter: 'traffic',
        subject: 'a',
        at: hour.toISOString(),
        quantity,
        reason: 'edge counted twice',
      },
    });
  assert.equal((await correct('-6001')).json.code, 'correction-too-large');
  assert.equal((await correct('-3000')).status, 201);
  await world.advanceTo(addMinutes(hour, 250));
  const [credit] = await charges();
  assert.deepEqual([credit?.kind, credit?.quantity], ['adjustment', '-3000']);
  assert.equal(Number(credit!.amount), -0.999999);
  assert.equal(Number(await lab.customer.balance()), Number((balance + 0.999999).toFixed(6)));
  const { readings } = await explain(credit!.id);
  assert.deepEqual(
    readings[0]?.corrections.map(({ quantity, reason }) => [quantity, reason]),
    [['-3000', 'edge counted twice']],
  );
  assert.deepEqual(await ledgerCheck(world.server.house.db), { sum: 0n, drift: 0n });
});

async function explain(id: string) {
  const explained = await ok(
    lab.customer.api.GET('/api/v1/usage/charges/{id}/explain', { params: { path: { id } } }),
  );
  const products = explained.parts.reduce((sum, { product }) => sum + BigInt(product), 0n);
  const exact = products + BigInt(explained.carried_in) - BigInt(explained.carried_out);
  assert.equal(
    BigInt(Math.round(Number(explained.amount) * 1e6)) * BigInt(explained.unit_size),
    exact,
    'the figures add up',
  );
  const sum = (rows: { quantity: string }[]) =>
    rows.reduce((total, { quantity }) => total + BigInt(quantity), 0n);
  assert.equal(sum(explained.readings), BigInt(explained.quantity));
  assert.equal(sum(explained.parts), BigInt(explained.quantity));
  return explained;
}

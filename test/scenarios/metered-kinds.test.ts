import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import fc from 'fast-check';
import { addMinutes } from '#kernel/time.ts';
import { ledgerCheck } from '#modules/ledger/index.ts';
import { ok } from '#server/client.ts';
import { event, type Lab, openLab } from '../support/metering.ts';

/** Each kind of meter, from events in random order and company over HTTP to what is charged, against a plain reckoning. */

const MINUTE = 60_000;
const DAY = 24 * 60;
let lab: Lab;
let start: Date;

before(async () => {
  // Midnight in Shanghai, the first of a month of 31 days.
  start = new Date('2026-02-28T16:00:00Z');
  lab = await openLab({ balance: '5000', world: { start } });
});

interface Sample {
  minute: number;
  value: number;
}

function samples(seed: number, count: number, most: number): Sample[] {
  const one = fc.record({
    minute: fc.integer({ min: 1, max: 2 * DAY - 1 }),
    value: fc.integer({ min: 0, max: most }),
  });
  const [rows = []] = fc.sample(
    fc.uniqueArray(one, { selector: ({ minute }) => minute, minLength: count, maxLength: count }),
    { seed, numRuns: 1 },
  );
  return rows.sort((a, b) => a.minute - b.minute);
}

const days = (rows: Sample[]) =>
  [0, 1].map((day) => rows.filter(({ minute }) => Math.floor(minute / DAY) === day));
const sum = (values: number[]) => values.reduce((total, value) => total + value, 0);

test('two days of usage are charged to the unit', async () => {
  const { world } = lab;
  for (const name of ['x', 'y']) await lab.open(name);
  const requests = samples(1, 200, 500);
  const traffic = samples(2, 60, 900);
  const stored = samples(3, 40, 1_000);
  const peak = samples(4, 50, 40);
  const seats = samples(5, 20, 9);
  const views = samples(6, 100, 12);
  const bytes = samples(7, 300, 9_000);
  const at = (minute: number) => addMinutes(start, minute);
  const events = [
    ...requests.map(({ minute, value }, i) =>
      event('lab.requests', i % 2 ? 'x' : 'y', at(minute), { count: value }),
    ),
    ...traffic.map(({ minute, value }) => event('lab.octets', 'x', at(minute), { total: value })),
    ...stored.map(({ minute, value }) => event('lab.level', 'x', at(minute), { bytes: value })),
    ...peak.map(({ minute, value }) => event('lab.peak', 'x', at(minute), { count: value })),
    ...seats.map(({ minute, value }) => event('lab.seats', 'x', at(minute), { count: value })),
    ...views.map(({ minute, value }) => event('lab.views', 'x', at(minute), { viewer: `v${value}` })),
    ...bytes.map(({ minute, value }, i) =>
      event('lab.bytes', i % 2 ? 'x' : 'y', at(minute), { bytes: value }),
    ),
  ].sort((a, b) => (a.time < b.time ? -1 : 1));
  // A machine sends what it has every seven hours, in no order.
  for (let hour = 7; hour <= 49; hour += 7) {
    await world.advanceTo(addMinutes(start, hour * 60));
    const ready = events.filter(
      ({ time }) =>
        time <= world.clock.now().toISOString() &&
        time > addMinutes(world.clock.now(), -7 * 60).toISOString(),
    );
    const { status } = await lab.send(ready.toReversed());
    assert.equal(status, 200);
  }
  await lab.close('x');
  // What came late for a day is charged at the end of the next one, and five minutes.
  await world.advanceTo(addMinutes(start, 3 * DAY + 10));
  await lab.customer.stayIn(world.clock.now());

  const levelAt = (rows: Sample[], minute: number) =>
    rows.findLast((row) => row.minute <= minute)?.value ?? 0;
  const minutes = Array.from({ length: 49 * 60 }, (_, minute) => minute);
  const grown = traffic.map(({ value }, i) => {
    const before = traffic[i - 1]?.value ?? value;
    return value >= before ? value - before : value;
  });
  const wanted: Record<string, number> = {
    requests: sum(requests.map(({ value }) => value)),
    traffic: sum(grown),
    stored: sum(minutes.map((minute) => levelAt(stored, minute))) * MINUTE,
    peak: sum(days(peak).map((rows) => Math.max(0, ...rows.map(({ value }) => value)))),
    seats: sum([DAY, 2 * DAY].map((end) => levelAt(seats, end - 1))),
    viewers: sum(days(views).map((rows) => new Set(rows.map(({ value }) => value)).size)),
  };
  assert.deepEqual(await charged(), wanted);

  // The percentile is the month's: 8,928 samples of five minutes, of which 446 are left out.
  await world.advanceTo(addMinutes(start, 31 * DAY + 10));
  await lab.customer.stayIn(world.clock.now());
  const sums = new Map<number, number>();
  for (const { minute, value } of bytes)
    sums.set(Math.floor(minute / 5), (sums.get(Math.floor(minute / 5)) ?? 0) + value);
  const falling = [...sums.values()].sort((a, b) => b - a);
  assert.deepEqual(await charged(), {
    ...wanted,
    ...((falling[446] ?? 0) > 0 ? { bandwidth: falling[446] } : {}),
  });
  assert.deepEqual(await ledgerCheck(world.server.house.db), { sum: 0n, drift: 0n });
});

/** Quantities by meter; and the sum of what was charged is the exact price, floored once. */
async function charged(): Promise<Record<string, number>> {
  const { db } = lab.world.server.house;
  const rows = await db
    .selectFrom('metering_charge as c')
    .innerJoin('metering_meter as m', 'm.no', 'c.meter_no')
    .select(['m.name', 'c.quantity', 'c.amount_micro'])
    .execute();
  const quantities: Record<string, number> = {};
  const amounts: Record<string, bigint> = {};
  for (const { name, quantity, amount_micro } of rows) {
    quantities[name] = (quantities[name] ?? 0) + Number(quantity);
    amounts[name] = (amounts[name] ?? 0n) + amount_micro;
  }
  const exact: Record<string, (quantity: bigint) => bigint> = {
    traffic: (quantity) => (quantity * 333_333n) / 1_000n,
    stored: (quantity) => (quantity * 10_000n) / (7n * 3_600_000n),
    peak: (quantity) => quantity * 1_000_000n,
    // All by the tier that the month's quantity reaches.
    viewers: (quantity) => quantity * (quantity > 3n ? 500_000n : 1_000_000n),
  };
  for (const [name, priceOf] of Object.entries(exact))
    assert.equal(amounts[name], priceOf(BigInt(quantities[name] ?? 0)), name);
  return quantities;
}

test('what the customer sees agrees: series, charges, estimate', async () => {
  const { api } = lab.customer;
  const from = start.toISOString();
  const to = addMinutes(start, 3 * DAY).toISOString();
  const series = (by: 'hour' | 'day') =>
    ok(
      api.GET('/api/v1/usage/series', {
        params: { query: { product: 'lab', meter: 'requests', from, to, by } },
      }),
    );
  const [byHour, byDay] = [await series('hour'), await series('day')];
  const total = (items: { quantity: string }[]) => sum(items.map(({ quantity }) => Number(quantity)));
  assert.equal(total(byHour.items), total(byDay.items));
  assert.equal(byDay.items.length, 2);
  assert.equal(total(byDay.items), (await charged()).requests);
  const estimate = await ok(api.GET('/api/v1/usage/estimate'));
  assert.deepEqual(
    [estimate.charged, estimate.pending, estimate.lines],
    ['0.00', '0.00', []],
    'a new month has begun',
  );
});

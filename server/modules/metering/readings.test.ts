import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { counted, lasting, type Point, weighted } from './readings.ts';
import { dayStart, monthOf, slotEnd, slotStart, slotsBetween } from './slots.ts';

const points = (least: number): fc.Arbitrary<Point[]> =>
  fc
    .array(fc.record({ at: fc.integer({ min: 0, max: 59 }), value: fc.bigInt(0n, 9n) }), {
      minLength: least,
      maxLength: 10,
    })
    .map((rows) => rows.sort((a, b) => a.at - b.at));
const SLOTS = [0, 10, 20, 30, 40, 50].map((start) => ({ start, end: start + 10 }));

test('a weighted level is the sum of the level at every instant', () => {
  fc.assert(
    fc.property(points(0), (events) => {
      const at = (instant: number) => events.findLast((point) => point.at <= instant)?.value ?? 0n;
      const wanted = SLOTS.map(({ start, end }) =>
        Array.from({ length: end - start }, (_, i) => at(start + i)).reduce((sum, value) => sum + value, 0n),
      );
      assert.deepEqual(weighted(events, SLOTS), wanted);
      assert.deepEqual(
        lasting(events, SLOTS),
        SLOTS.map(({ end }) => at(end - 1)),
      );
    }),
  );
});

test('a weighted level is the same in however many slots it is read', () => {
  fc.assert(
    fc.property(points(0), fc.integer({ min: 1, max: 59 }), (events, cut) => {
      const [all = 0n] = weighted(events, [{ start: 0, end: 60 }]);
      const [first = 0n, second = 0n] = weighted(events, [
        { start: 0, end: cut },
        { start: cut, end: 60 },
      ]);
      assert.equal(first + second, all);
    }),
  );
});

test('F46 a counter that starts again from zero never makes negative usage, and loses none that can be shown', () => {
  fc.assert(
    fc.property(
      fc.array(
        fc.record({ grown: fc.bigInt(0n, 9n), reset: fc.boolean(), after: fc.integer({ min: 1, max: 6 }) }),
        { maxLength: 10 },
      ),
      (steps) => {
        let [at, value, total] = [0, 5n, 0n];
        const events: Point[] = [{ at, value }];
        for (const step of steps) {
          at = Math.min(59, at + step.after);
          // Seen only when the reading after a reset is below the one before it.
          const seen = step.reset && step.grown < value;
          value = step.reset ? step.grown : value + step.grown;
          total += step.reset && !seen ? value - events.at(-1)!.value : step.grown;
          events.push({ at, value });
        }
        const slots = counted(events, SLOTS);
        assert.ok(slots.every((quantity) => quantity >= 0n));
        assert.equal(
          slots.reduce((sum, quantity) => sum + quantity, 0n),
          total,
        );
      },
    ),
  );
  assert.deepEqual(
    counted([{ at: 3, value: 1_000n }], SLOTS),
    [0n, 0n, 0n, 0n, 0n, 0n],
    'counting begins with the first',
  );
});

test('slots are hours, days and months of the zone', () => {
  const at = new Date('2026-03-31T16:30:00Z');
  assert.equal(slotStart(at, 'hour', 'Asia/Shanghai').toISOString(), '2026-03-31T16:00:00.000Z');
  assert.equal(slotStart(at, 'hour', 'Asia/Kolkata').toISOString(), '2026-03-31T16:30:00.000Z');
  assert.equal(slotStart(at, 'day', 'Asia/Shanghai').toISOString(), '2026-03-31T16:00:00.000Z');
  assert.equal(slotEnd(at, 'month', 'Asia/Shanghai').toISOString(), '2026-04-30T16:00:00.000Z');
  assert.equal(monthOf(at, 'Asia/Shanghai'), '2026-04-01');
  assert.equal(dayStart('2026-03-29', 'Europe/Berlin').toISOString(), '2026-03-28T23:00:00.000Z');
  assert.equal(
    slotEnd(dayStart('2026-03-29', 'Europe/Berlin'), 'day', 'Europe/Berlin').toISOString(),
    '2026-03-29T22:00:00.000Z',
  );
  const day = slotsBetween(
    dayStart('2026-03-29', 'Europe/Berlin'),
    dayStart('2026-03-30', 'Europe/Berlin'),
    'hour',
    'Europe/Berlin',
  );
  assert.equal(day.length, 23, 'the day on which clocks go forward has one hour less');
});

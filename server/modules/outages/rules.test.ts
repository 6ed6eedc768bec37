import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  availabilityText,
  backPercent,
  continuous,
  fullHours,
  HOUR_MS,
  length,
  merged,
  monthNamed,
  monthsOf,
  type Span,
  within,
} from './rules.ts';

const ZONES = ['Asia/Shanghai', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Kiritimati', 'UTC'];
const START = Date.parse('2026-01-01T00:00:00Z');

/** Whole seconds within a thousand, so that spans often touch and overlap. */
const span = fc
  .tuple(fc.integer({ min: 0, max: 1_000 }), fc.integer({ min: 0, max: 200 }))
  .map(([from, long]): Span => ({ from, until: from + long }));

test('[qiniu 8.2] [yunfuwuqi S4] overlapping outages count once: merged time has every moment of its parts and no other', () => {
  fc.assert(
    fc.property(fc.array(span, { maxLength: 20 }), (spans) => {
      const result = merged(spans);
      const seconds = new Set(
        spans.flatMap(({ from, until }) => [...Array(until - from).keys()].map((i) => from + i)),
      );
      assert.equal(length(spans), seconds.size);
      result.forEach((one, i) => {
        assert.ok(one.from < one.until);
        // Neither overlaps nor touches the next.
        if (i > 0) assert.ok(one.from > result[i - 1]!.until);
        for (let s = one.from; s < one.until; s++) assert.ok(seconds.has(s));
      });
    }),
  );
});

test('the order in which outages are written down changes nothing, and merging again neither', () => {
  fc.assert(
    fc.property(fc.array(span, { maxLength: 12 }), (spans) => {
      assert.deepEqual(merged([...spans].reverse()), merged(spans));
      assert.deepEqual(merged(merged(spans)), merged(spans));
    }),
  );
});

test('continuous time holds its span, and nothing that it doesn’t touch', () => {
  fc.assert(
    fc.property(
      span.filter(({ from, until }) => from < until),
      fc.array(span, { maxLength: 8 }),
      (one, others) => {
        const whole = continuous(one, others);
        assert.ok(whole.from <= one.from && one.until <= whole.until);
        for (const other of merged(others)) {
          const touches = other.from <= whole.until && whole.from <= other.until;
          if (touches) assert.ok(whole.from <= other.from && other.until <= whole.until);
        }
      },
    ),
  );
});

test('what lies within bounds is never longer than either', () => {
  fc.assert(
    fc.property(span, span, (one, bounds) => {
      const part = within(one, bounds);
      const size = part ? part.until - part.from : 0;
      assert.ok(size <= one.until - one.from && size <= bounds.until - bounds.from);
      assert.ok(!part || (part.from >= bounds.from && part.until <= bounds.until));
    }),
  );
});

test('[qiniu 8.2] each full continuous hour counts: 59:59 is none, 60:00 is one, 119:59 is one', () => {
  const lasting = (seconds: number) => fullHours({ from: START, until: START + seconds * 1_000 }) / HOUR_MS;
  assert.deepEqual([3_599, 3_600, 7_199, 7_200, 72 * 3_600].map(lasting), [0, 1, 1, 2, 72]);
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 10_000_000 }), (seconds) => {
      const hours = lasting(seconds);
      assert.ok(hours * 3_600 <= seconds && seconds < (hours + 1) * 3_600);
    }),
  );
});

test('[yunfuwuqi S4] months are natural months of the brand’s zone: they lie end to end and have all of the span', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...ZONES),
      fc.integer({ min: 0, max: 800 * 24 }),
      fc.integer({ min: 1, max: 120 * 24 }),
      (zone, begins, long) => {
        const one = { from: START + begins * HOUR_MS, until: START + (begins + long) * HOUR_MS };
        const months = monthsOf(one, zone);
        const parts = months.map(({ span }) => within(one, span)!);
        assert.equal(
          parts.reduce((sum, { from, until }) => sum + until - from, 0),
          one.until - one.from,
        );
        months.forEach((month, i) => {
          assert.deepEqual(monthNamed(month.name, zone), month);
          if (i > 0) assert.equal(month.span.from, months[i - 1]!.span.until);
        });
      },
    ),
  );
});

test('[yunfuwuqi S4] a month begins at midnight of the brand’s zone', () => {
  const [march, april] = monthsOf(
    { from: Date.parse('2026-03-31T15:59:59Z'), until: Date.parse('2026-03-31T16:00:01Z') },
    'Asia/Shanghai',
  );
  assert.deepEqual([march!.name, april!.name], ['2026-03-01', '2026-04-01']);
  assert.equal(april!.span.from, Date.parse('2026-03-31T16:00:00Z'));
});

const SLA = {
  promised_percent: '99.9',
  table: [
    { below_percent: '99.9', back_percent: 10 },
    { below_percent: '99', back_percent: 30 },
    { below_percent: '95', back_percent: 100 },
  ],
};

test('[yunfuwuqi S4] the table’s steps, to the millisecond', () => {
  const month = 30 * 24 * HOUR_MS;
  const back = (down: number) => backPercent(SLA, down, month);
  assert.equal(back(0), 0);
  assert.equal(back(month / 1_000), 0, 'exactly 99.9 % keeps the promise');
  assert.equal(back(month / 1_000 + 1), 10);
  assert.equal(back(month / 100), 10, 'exactly 99 %');
  assert.equal(back(month / 100 + 1), 30);
  assert.equal(back(month / 20), 30, 'exactly 95 %');
  assert.equal(back(month / 20 + 1), 100);
  assert.equal(back(month), 100);
  assert.equal(
    backPercent({ ...SLA, promised_percent: '99.5' }, month / 500, month),
    0,
    'nothing above the promise',
  );
  assert.equal(availabilityText(month / 1_000 + 1, month), '99.8999');
});

test('[yunfuwuqi S4] more time down never gives less back', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2_700_000_000 }), fc.nat(), fc.nat(), (served, a, b) => {
      const [less, more] = [a % (served + 1), b % (served + 1)].sort((x, y) => x - y);
      assert.ok(backPercent(SLA, less!, served) <= backPercent(SLA, more!, served));
    }),
  );
});

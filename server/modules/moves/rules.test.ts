import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { naturalDaysBetween } from '#kernel/time.ts';
import { earliestStart } from './rules.ts';

const at = (text: string) => new Date(text);

test('[asiayun 5.5] [wujiyun 5.5] three natural days ahead, at the same time of day in the brand’s zone', () => {
  assert.deepEqual(
    earliestStart(at('2026-03-02T02:00:00Z'), [3], 'Asia/Shanghai'),
    at('2026-03-05T02:00:00Z'),
  );
  // Berlin goes an hour forward on 29 March: three days there are 71 hours.
  assert.deepEqual(
    earliestStart(at('2026-03-27T10:00:00Z'), [3], 'Europe/Berlin'),
    at('2026-03-30T09:00:00Z'),
  );
});

test('whoever must be told longest ahead decides; terms without a number ask for nothing', () => {
  const now = at('2026-03-02T02:00:00Z');
  assert.deepEqual(earliestStart(now, [3, 7, 1], 'UTC'), at('2026-03-09T02:00:00Z'));
  assert.deepEqual(earliestStart(now, [], 'UTC'), now);
});

test('never fewer natural days ahead than the terms say', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('Asia/Shanghai', 'Europe/Berlin', 'America/St_Johns', 'UTC'),
      fc.date({ min: at('2026-01-01T00:00:00Z'), max: at('2028-01-01T00:00:00Z'), noInvalidDate: true }),
      fc.integer({ min: 1, max: 30 }),
      (zone, now, days) => {
        assert.equal(naturalDaysBetween(now, earliestStart(now, [days], zone), zone), days);
      },
    ),
  );
});

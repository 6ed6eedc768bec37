import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { TZDate } from '@date-fns/tz/date';
import { addDays as tzAddDays } from 'date-fns/addDays';
import { addMonths } from 'date-fns/addMonths';
import { getDaysInMonth } from 'date-fns/getDaysInMonth';
import { setDate } from 'date-fns/setDate';
import { startOfDay } from 'date-fns/startOfDay';
import fc from 'fast-check';
import {
  addDays,
  addMinutes,
  addMonthsAnchored,
  dayOfMonth,
  daysLeft,
  naturalDay,
  naturalDaysBetween,
  nextMidnight,
  wallClock,
} from './time.ts';

const SHANGHAI = 'Asia/Shanghai';
const BERLIN = 'Europe/Berlin';
const NEW_YORK = 'America/New_York';
const at = (text: string) => new Date(text);
const iso = (instant: Date) => instant.toISOString();

test('a natural day is that of the zone (F23)', () => {
  assert.equal(naturalDay(at('2026-03-01T15:59:59.999Z'), SHANGHAI), '2026-03-01');
  assert.equal(naturalDay(at('2026-03-01T16:00:00Z'), SHANGHAI), '2026-03-02');
  assert.equal(naturalDay(at('2026-03-01T04:59:59Z'), NEW_YORK), '2026-02-28');
  assert.equal(wallClock(at('2026-02-28T01:30:59Z'), SHANGHAI), '2026-02-28 09:30');
  assert.equal(dayOfMonth(at('2026-01-31T16:00:00Z'), SHANGHAI), 1);
});

test('the next midnight is the first instant of the next natural day', () => {
  assert.equal(iso(nextMidnight(at('2026-03-01T15:59:59.999Z'), SHANGHAI)), '2026-03-01T16:00:00.000Z');
  assert.equal(iso(nextMidnight(at('2026-03-01T16:00:00Z'), SHANGHAI)), '2026-03-02T16:00:00.000Z');
  assert.equal(iso(nextMidnight(at('2026-12-31T16:30:00Z'), SHANGHAI)), '2027-01-01T16:00:00.000Z');
  // The clocks of Berlin go forward in the night of 29 March 2026: that day has 23 hours.
  assert.equal(iso(nextMidnight(at('2026-03-28T23:00:00Z'), BERLIN)), '2026-03-29T22:00:00.000Z');
});

test('monthly periods keep their anchor day (F20, F21)', () => {
  const start = at('2026-01-31T02:00:00Z');
  let end = start;
  const days: string[] = [];
  for (let month = 0; month < 14; month++) {
    end = addMonthsAnchored(end, 1, 31, SHANGHAI);
    days.push(naturalDay(end, SHANGHAI).slice(2));
  }
  assert.deepEqual(days, [
    ...['26-02-28', '26-03-31', '26-04-30', '26-05-31', '26-06-30', '26-07-31', '26-08-31', '26-09-30'],
    ...['26-10-31', '26-11-30', '26-12-31', '27-01-31', '27-02-28', '27-03-31'],
  ]);
  assert.equal(iso(end).slice(10), 'T02:00:00.000Z');
  assert.equal(
    naturalDay(addMonthsAnchored(at('2027-12-31T02:00:00Z'), 2, 31, SHANGHAI), SHANGHAI),
    '2028-02-29',
  );
  const leap = addMonthsAnchored(at('2028-02-29T02:00:00Z'), 12, 29, SHANGHAI);
  assert.equal(naturalDay(leap, SHANGHAI), '2029-02-28');
  assert.equal(naturalDay(addMonthsAnchored(leap, 36, 29, SHANGHAI), SHANGHAI), '2032-02-29');
});

test('the anchor is the day in the brand’s zone, not in UTC', () => {
  // 1 March 01:00 in Shanghai is still February in UTC.
  const end = addMonthsAnchored(at('2026-02-28T17:00:00Z'), 1, 1, SHANGHAI);
  assert.equal(iso(end), '2026-03-31T17:00:00.000Z');
  assert.equal(naturalDay(end, SHANGHAI), '2026-04-01');
});

test('days and months keep the wall clock over a change of the clocks (F22)', () => {
  const before = at('2026-03-28T08:00:00Z');
  assert.equal(wallClock(before, BERLIN), '2026-03-28 09:00');
  assert.equal(wallClock(addDays(before, 1, BERLIN), BERLIN), '2026-03-29 09:00');
  assert.equal(iso(addDays(before, 1, BERLIN)), '2026-03-29T07:00:00.000Z');
  assert.equal(wallClock(addDays(before, -200, BERLIN), BERLIN), '2025-09-09 09:00');
  assert.equal(wallClock(addMonthsAnchored(before, 1, 28, BERLIN), BERLIN), '2026-04-28 09:00');
});

test('whole days left are rounded up, and never negative', () => {
  const end = at('2026-03-10T00:00:00Z');
  assert.equal(daysLeft(at('2026-03-09T00:00:00Z'), end), 1);
  assert.equal(daysLeft(at('2026-03-08T23:59:59Z'), end), 2);
  assert.equal(daysLeft(end, end), 0);
  assert.equal(daysLeft(at('2026-03-11T00:00:00Z'), end), 0);
});

test('for any instant and zone: periods go forward, end on the anchor or the month’s last day, and days add up', () => {
  const instants = fc.date({
    min: at('2020-01-01T00:00:00Z'),
    max: at('2060-01-01T00:00:00Z'),
    noInvalidDate: true,
  });
  const zones = fc.constantFrom(SHANGHAI, BERLIN, NEW_YORK, 'Asia/Kathmandu', 'Australia/Lord_Howe', 'UTC');
  fc.assert(
    fc.property(instants, zones, fc.integer({ min: 1, max: 36 }), (start, zone, months) => {
      const anchor = dayOfMonth(start, zone);
      const end = addMonthsAnchored(start, months, anchor, zone);
      assert.ok(end > start);
      const day = dayOfMonth(end, zone);
      assert.ok(day === anchor || (day < anchor && dayOfMonth(addDays(end, 1, zone), zone) === 1));
      const midnight = nextMidnight(start, zone);
      assert.ok(midnight > start && naturalDay(midnight, zone) > naturalDay(start, zone));
      const last = new Date(midnight.getTime() - 1);
      assert.equal(naturalDay(last, zone), naturalDay(start, zone));
    }),
    { numRuns: 300 },
  );
});

test('the zone of the host changes nothing (F22)', async () => {
  const code = `import { addMonthsAnchored, addDays, naturalDay, nextMidnight } from ${JSON.stringify(new URL('time.ts', import.meta.url).href)};
    const zone = 'Asia/Shanghai', start = new Date('2026-03-28T20:00:00Z');
    console.log(JSON.stringify([addMonthsAnchored(start, 1, 29, zone), addDays(start, 1, zone), naturalDay(start, zone), nextMidnight(start, zone)]));`;
  const said = await Promise.all(
    ['UTC', 'Europe/Berlin', 'America/St_Johns', 'Pacific/Apia'].map(async (TZ) => {
      const options = ['--input-type=module', '--eval', code];
      const { stdout } = await promisify(execFile)(process.execPath, options, {
        env: { ...process.env, TZ },
      });
      return stdout;
    }),
  );
  assert.equal(new Set(said).size, 1);
  const expected = [
    '2026-04-28T20:00:00.000Z',
    '2026-03-29T20:00:00.000Z',
    '2026-03-29',
    '2026-03-29T16:00:00.000Z',
  ];
  assert.deepEqual(JSON.parse(said[0]!), expected);
});

test('F22 agrees with date-fns over random instants, in zones with and without summer time', () => {
  const zones = [
    'Asia/Shanghai',
    'America/New_York',
    'Europe/London',
    'Australia/Lord_Howe',
    'Asia/Kathmandu',
    'UTC',
  ];
  const cases = fc.record({
    zone: fc.constantFrom(...zones),
    at: fc.date({ min: new Date('2000-01-01'), max: new Date('2049-01-01'), noInvalidDate: true }),
    days: fc.integer({ min: -400, max: 400 }),
    months: fc.integer({ min: 0, max: 40 }),
    anchor: fc.integer({ min: 1, max: 31 }),
  });
  fc.assert(
    fc.property(cases, ({ zone, at, days, months, anchor }) => {
      const local = new TZDate(at, zone);
      const pad = (value: number) => String(value).padStart(2, '0');
      assert.equal(dayOfMonth(at, zone), local.getDate());
      assert.equal(
        wallClock(at, zone),
        `${local.getFullYear()}-${pad(local.getMonth() + 1)}-${pad(local.getDate())} ${pad(local.getHours())}:${pad(local.getMinutes())}`,
      );
      assert.equal(nextMidnight(at, zone).getTime(), startOfDay(tzAddDays(local, 1)).getTime());
      assert.equal(naturalDaysBetween(at, addDays(at, days, zone), zone), days);
      const target = addMonths(setDate(local, 1), months);
      const due = setDate(target, Math.min(anchor, getDaysInMonth(target)));
      // Wall clocks that a zone skips or shows twice are read in more than one way; those are told below.
      if (wallClock(due, zone).slice(11) === wallClock(at, zone).slice(11) && !shownTwice(due, zone))
        assert.equal(addMonthsAnchored(at, months, anchor, zone).getTime(), due.getTime());
    }),
    { numRuns: 2_000 },
  );
});

function shownTwice(instant: Date, zone: string): boolean {
  return [-60, -30, 30, 60].some(
    (minutes) => wallClock(addMinutes(instant, minutes), zone) === wallClock(instant, zone),
  );
}

test('F22 a wall clock that summer time skips is taken past the gap; of two that show it, the first', () => {
  const zone = 'America/New_York';
  // 8 March 2026, 02:30 doesn't exist; 1 November 2026, 01:30 is there twice.
  assert.equal(addDays(new Date('2026-03-07T07:30:00Z'), 1, zone).toISOString(), '2026-03-08T07:30:00.000Z');
  assert.equal(addDays(new Date('2026-10-31T05:30:00Z'), 1, zone).toISOString(), '2026-11-01T05:30:00.000Z');
});

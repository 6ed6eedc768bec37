import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays, addMs } from '#kernel/time.ts';
import {
  balanceBelow,
  free,
  frozenUntil,
  keptUntil,
  lastsMs,
  nextLook,
  perDay,
  reminderDays,
  remindersDue,
  runsLow,
  type Standing,
  shiftDay,
  toPay,
} from './rules.ts';

const ZONE = 'Asia/Shanghai';
const DAY_MS = 86_400_000;
const NOW = new Date('2026-03-10T04:00:00Z');
const MONTH_END = new Date('2026-03-31T16:00:00Z');
const micro = fc.bigInt({ min: 0n, max: 10n ** 15n });
const standing = fc
  .record({ funds: micro, consumption: micro, owed: micro })
  .map(({ funds, consumption, owed }): Standing => {
    const missing = consumption > funds ? consumption - funds : 0n;
    return { funds, consumption, owed, missing };
  });

test('[qiniu 7.2.1] an account is below exactly when something is to be paid; then nothing of it is free', () => {
  fc.assert(
    fc.property(standing, (at) => {
      assert.equal(balanceBelow(at), toPay(at) > 0n);
      if (at.missing > 0n) assert.equal(free(at), 0n);
      assert.ok(free(at) <= at.funds);
    }),
  );
  assert.equal(balanceBelow({ funds: 5n, consumption: 5n, missing: 0n, owed: 0n }), false, 'just covered');
  assert.equal(balanceBelow({ funds: 5n, consumption: 6n, missing: 1n, owed: 0n }), true);
  assert.equal(balanceBelow({ funds: 5n, consumption: 0n, missing: 0n, owed: 1n }), true);
});

test('[qiniu 7.1] a term’s length is by amount and price: what lasts longer than an amount is no more than it', () => {
  assert.equal(lastsMs(45n, 10n), 4.5 * DAY_MS);
  assert.equal(lastsMs(0n, 10n), 0);
  assert.equal(lastsMs(10n, 0n), null);
  fc.assert(
    fc.property(micro, micro, fc.bigInt({ min: 1n, max: 10n ** 12n }), (a, b, daily) => {
      if (a <= b) assert.ok(lastsMs(a, daily)! <= lastsMs(b, daily)!);
      assert.ok(lastsMs(a, daily)! >= 0);
    }),
  );
});

test('what a day costs is the mean since the first that cost something; today isn’t over, yesterday counts once charged', () => {
  const days = (amounts: bigint[]) =>
    amounts.map((amount, i) => ({ day: shiftDay('2026-03-02', i), amount }));
  assert.equal(perDay([], '2026-03-05'), 0n);
  assert.equal(perDay(days([10n, 10n, 10n]), '2026-03-05'), 10n);
  assert.equal(
    perDay(days([10n, 10n]), '2026-03-05'),
    10n,
    'just after midnight the last day isn’t charged yet',
  );
  assert.equal(perDay(days([10n]), '2026-03-05'), 5n, 'a day on which nothing was used');
  assert.equal(perDay(days([10n, 10n, 10n, 99n]), '2026-03-05'), 10n, 'today doesn’t count');
  assert.equal(perDay(days([10n]), '2026-03-20'), 0n, 'long ago');
  assert.equal(perDay(days([10n, -20n]), '2026-03-04'), 0n, 'corrections never make a rate below zero');
});

test('looked at again when a warning or the end of the balance is reached, and only if something runs', () => {
  const at = (funds: bigint): Standing => ({ funds, consumption: 0n, missing: 0n, owed: 0n });
  const rate = { daily: 10n, burn: 10n };
  assert.deepEqual(nextLook(at(45n), rate, 3, NOW, MONTH_END).at, addMs(NOW, 1.5 * DAY_MS));
  assert.deepEqual(nextLook(at(20n), rate, 3, NOW, MONTH_END).at, addMs(NOW, 2 * DAY_MS));
  assert.deepEqual(nextLook(at(10_000n), rate, 3, NOW, MONTH_END).at, MONTH_END, 'prices may begin anew');
  assert.equal(nextLook(at(20n), { daily: 10n, burn: 0n }, 3, NOW, MONTH_END).at, null);
  assert.deepEqual(nextLook(at(20n), { daily: 10n, burn: null }, 3, NOW, MONTH_END).at, MONTH_END);
  fc.assert(
    fc.property(standing, micro, micro, fc.integer({ min: 0, max: 90 }), (one, daily, burn, warn) => {
      const next = nextLook(one, { daily, burn }, warn, NOW, MONTH_END);
      if (next.at)
        assert.ok(next.at > NOW && next.at <= MONTH_END, 'always ahead, so that no sweep stands still');
      assert.equal(runsLow(one, 0n, warn), false, 'who uses nothing runs low of nothing');
    }),
  );
});

test('[qiniu 7.2.2] [qiniu 4.3] natural days are counted from the freeze and from the end themselves', () => {
  const frozen = new Date('2026-03-31T15:59:00Z');
  assert.deepEqual(frozenUntil(frozen, 30, ZONE), addDays(frozen, 30, ZONE));
  assert.deepEqual(keptUntil(frozen, 30, ZONE), addDays(frozen, 30, ZONE));
  assert.deepEqual(keptUntil(frozen, undefined, ZONE), frozen, 'where nothing is kept');
});

test('F25 however late it is looked, each reminder is sent or missed once, the nearest is sent, and none after the end', () => {
  const end = addDays(NOW, 30, ZONE);
  const days = [15, 7, 3, 1];
  assert.deepEqual(reminderDays(end, days, NOW, ZONE).first, addDays(end, -15, ZONE));
  assert.deepEqual(reminderDays(addDays(NOW, 5, ZONE), days, NOW, ZONE).passed, [15, 7]);
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 33 * 24 }), { maxLength: 12 }), (hours) => {
      const reminded: number[] = [];
      for (const hour of [...hours, 40 * 24].sort((a, b) => a - b)) {
        const now = addMs(NOW, hour * 3_600_000);
        const { send, missed } = remindersDue(end, days, reminded, now, ZONE);
        if (send !== null) assert.ok(now < end);
        reminded.push(...missed, ...(send === null ? [] : [send]));
      }
      assert.deepEqual(
        [...reminded].sort((a, b) => b - a),
        days,
      );
    }),
  );
});

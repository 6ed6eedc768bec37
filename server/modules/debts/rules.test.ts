import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { lateFee, ppmOf, settlement } from './rules.ts';

test('a rate of the terms as millionths a day', () => {
  assert.equal(ppmOf('0.0005'), 500);
  assert.equal(ppmOf('0.000001'), 1);
  assert.equal(ppmOf('0.1'), 100_000);
  assert.equal(ppmOf(undefined), 0);
});

test('0.05 % a day of 100 yuan is 0.05 yuan, and of one micro-yuan nothing for 1999 days', () => {
  assert.deepEqual(lateFee(100_000_000n, 500, 1, 0n), { fee: 50_000n, rest: 0n });
  assert.deepEqual(lateFee(1n, 500, 1_999, 0n), { fee: 0n, rest: 999_500n });
  assert.deepEqual(lateFee(1n, 500, 1, 999_500n), { fee: 1n, rest: 0n });
});

test('however the days are cut, the fee is the same: simple, nothing lost by rounding', () => {
  const cuts = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 20 });
  const principal = fc.bigInt({ min: 1n, max: 10n ** 15n });
  fc.assert(
    fc.property(principal, fc.integer({ min: 1, max: 10_000 }), cuts, (amount, ppm, days) => {
      let fee = 0n;
      let rest = 0n;
      for (const part of days) {
        const step = lateFee(amount, ppm, part, rest);
        fee += step.fee;
        rest = step.rest;
      }
      const whole = days.reduce((sum, part) => sum + part, 0);
      assert.deepEqual({ fee, rest }, lateFee(amount, ppm, whole, 0n));
    }),
  );
});

test('money settles the principal first, then the fee, and never more than either', () => {
  assert.deepEqual(settlement({ principal: 10n, fee: 3n }, 4n), { principal: 4n, fee: 0n });
  assert.deepEqual(settlement({ principal: 10n, fee: 3n }, 12n), { principal: 10n, fee: 2n });
  assert.deepEqual(settlement({ principal: 10n, fee: 3n }, 99n), { principal: 10n, fee: 3n });
  assert.deepEqual(settlement({ principal: 0n, fee: 3n }, 0n), { principal: 0n, fee: 0n });
});

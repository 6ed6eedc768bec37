import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatYuan, MICRO_MAX, MoneyError, multiply, parseYuan, proportion, toFen } from './money.ts';

const micro = fc.bigInt({ min: -MICRO_MAX, max: MICRO_MAX });
const positive = fc.bigInt({ min: 0n, max: MICRO_MAX });

test('what is formatted is read back as it was, for every amount that a column holds', () => {
  fc.assert(fc.property(micro, (amount) => parseYuan(formatYuan(amount)) === amount));
});

test('amounts are written with two places at least, and no more than needed', () => {
  const shown: [bigint, string][] = [
    [0n, '0.00'],
    [1n, '0.000001'],
    [-1n, '-0.000001'],
    [1_500_000n, '1.50'],
    [9_900_000n, '9.90'],
    [-10_010_000n, '-10.01'],
    [123_450n, '0.12345'],
    [MICRO_MAX, '9223372036854.775807'],
  ];
  for (const [amount, text] of shown) assert.equal(formatYuan(amount), text);
});

test('only plain decimals are read (F28)', () => {
  const read: [string, bigint][] = [
    ['12', 12_000_000n],
    ['12.3', 12_300_000n],
    ['-0.000001', -1n],
    ['007', 7_000_000n],
  ];
  for (const [text, amount] of read) assert.equal(parseYuan(text), amount);
  const refused =
    '|-|.|1.|.5|1,00|1e2|1e309|NaN|Infinity|+1| 1|1 |0x1|--1|1.0000001|１|1\n|10000000000000.1|99999999999999'.split(
      '|',
    );
  for (const text of refused) assert.throws(() => parseYuan(text), MoneyError, JSON.stringify(text));
});

test('nothing grows past what a column holds (F29)', () => {
  assert.throws(() => parseYuan('9223372036854.775808'), MoneyError);
  assert.equal(multiply(MICRO_MAX, 1n), MICRO_MAX);
  assert.throws(() => multiply(MICRO_MAX, 2n), MoneyError);
  assert.throws(() => multiply(-MICRO_MAX, 2n), MoneyError);
  assert.throws(() => multiply(3_037_000_500n, 3_037_000_500n), MoneyError);
});

test('an edge that speaks fen gets whole fen or a refusal', () => {
  assert.equal(toFen(9_900_000n), 990n);
  assert.throws(() => toFen(9_900_001n), MoneyError);
  fc.assert(
    fc.property(fc.bigInt({ min: 0n, max: MICRO_MAX / 10_000n }), (fen) => toFen(fen * 10_000n) === fen),
  );
});

test('what is earned never shrinks, never exceeds the whole, and ends exactly at it (F30)', () => {
  const times = fc.tuple(fc.bigInt({ min: 1n, max: 10n ** 12n }), fc.array(positive, { maxLength: 20 }));
  fc.assert(
    fc.property(positive, times, (total, [whole, instants]) => {
      let before = 0n;
      for (const elapsed of instants.map((at) => at % (whole * 2n)).sort((a, b) => (a < b ? -1 : 1))) {
        const earned = proportion(total, elapsed, whole);
        assert.ok(earned >= before && earned <= total);
        before = earned;
      }
      assert.equal(proportion(total, whole, whole), total);
      assert.equal(proportion(total, -1n, whole), 0n);
    }),
  );
});

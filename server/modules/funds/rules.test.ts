import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addMs } from '#kernel/time.ts';
import { frozenAmount, outcomePossible, ways } from './rules.ts';

const NOW = new Date('2026-03-02T02:00:00Z');
const DAY = 86_400_000;

test('money goes back the way it came, never more than came from there, and the parts are the whole', () => {
  const sources = fc.uniqueArray(
    fc.record({
      paymentId: fc.uuid(),
      left: fc.bigInt({ min: 0n, max: 10n ** 12n }),
      paidAt: fc.integer({ min: 0, max: 800 }).map((days) => addMs(NOW, -days * DAY)),
    }),
    { selector: (source) => source.paymentId, maxLength: 8 },
  );
  fc.assert(
    fc.property(fc.bigInt({ min: 1n, max: 10n ** 13n }), sources, (amount, from) => {
      const parts = ways(amount, from);
      assert.equal(
        parts.reduce((sum, part) => sum + part.amount, 0n),
        amount,
      );
      for (const part of parts) {
        assert.ok(part.amount > 0n);
        const source = from.find(({ paymentId }) => paymentId === part.paymentId);
        if (part.paymentId !== null) assert.ok(source && part.amount <= source.left);
      }
      assert.ok(parts.filter((part) => part.paymentId === null).length <= 1);
    }),
  );
});

test('the newest payment goes back first; what no channel takes goes to the bank', () => {
  const sources = [
    { paymentId: 'old', left: 5n, paidAt: addMs(NOW, -30 * DAY) },
    { paymentId: 'new', left: 3n, paidAt: addMs(NOW, -DAY) },
  ];
  assert.deepEqual(ways(10n, sources), [
    { paymentId: 'new', amount: 3n },
    { paymentId: 'old', amount: 5n },
    { paymentId: null, amount: 2n },
  ]);
});

test('a freeze takes what is there, never more', () => {
  assert.equal(frozenAmount(10n, null), 10n);
  assert.equal(frozenAmount(10n, 4n), 4n);
  assert.equal(frozenAmount(10n, 11n), null);
  assert.equal(frozenAmount(0n, null), null);
});

test('before the customer was heard, money can only be let go', () => {
  const standing = { state: 'frozen', appealUntil: addMs(NOW, DAY) } as const;
  assert.equal(outcomePossible(standing, 'lift', NOW), true);
  assert.equal(outcomePossible(standing, 'hold', NOW), false);
  assert.equal(outcomePossible(standing, 'return', NOW), false);
  assert.equal(outcomePossible(standing, 'return', addMs(NOW, DAY)), true);
  assert.equal(outcomePossible({ ...standing, state: 'appealed' }, 'hold', NOW), true);
  assert.equal(outcomePossible({ ...standing, state: 'held' }, 'hold', NOW), false);
  assert.equal(outcomePossible({ ...standing, state: 'held' }, 'lift', NOW), true);
  for (const outcome of ['lift', 'hold', 'return'] as const) {
    assert.equal(outcomePossible({ ...standing, state: 'lifted' }, outcome, addMs(NOW, DAY)), false);
  }
});

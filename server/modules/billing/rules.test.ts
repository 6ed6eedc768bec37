import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addMs } from '#kernel/time.ts';
import { earnedAt } from './rules.ts';

test('a period’s price is earned as it passes, never more, never less at the end', () => {
  const startsAt = new Date('2026-03-02T02:00:00Z');
  const cases = fc.record({
    amount: fc.bigInt({ min: 0n, max: 10n ** 15n }),
    length: fc.integer({ min: 1, max: 366 * 86_400_000 }),
    looks: fc.array(fc.integer({ min: -1_000, max: 400 * 86_400_000 }), { maxLength: 30 }),
  });
  fc.assert(
    fc.property(cases, ({ amount, length, looks }) => {
      const accrual = { startsAt, endsAt: addMs(startsAt, length), amount };
      let earned = 0n;
      for (const look of looks.sort((a, b) => a - b)) {
        const now = earnedAt(accrual, addMs(startsAt, look));
        assert.ok(now >= earned && now <= amount);
        earned = now;
      }
      assert.equal(earnedAt(accrual, accrual.endsAt), amount);
      assert.equal(earnedAt(accrual, startsAt), 0n);
    }),
  );
});

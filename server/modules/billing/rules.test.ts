import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addMs } from '#kernel/time.ts';
import { earnedAt, timeUpTo } from './rules.ts';

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

test('time up to a common end: whole months at their price, a part of one in proportion, however it is cut', () => {
  const span = { anchorDay: 31, zone: 'Asia/Shanghai' };
  const at = (text: string) => new Date(`${text}T02:00:00Z`);
  const monthly = 30_000_000n;
  const price = (from: string, until: string) =>
    timeUpTo(monthly, { ...span, from: at(from), until: at(until) });
  assert.equal(price('2026-01-31', '2026-02-28'), monthly);
  assert.equal(price('2026-01-31', '2026-03-31'), 2n * monthly);
  // 14 of the 28 days to 28 February; then 1 of the 31 to 31 March.
  assert.equal(price('2026-01-31', '2026-02-14'), monthly / 2n);
  assert.equal(price('2026-01-31', '2026-03-01'), monthly + 970_000n);
  assert.equal(price('2026-01-31', '2026-01-31'), 0n);
});

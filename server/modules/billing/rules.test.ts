import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addMs } from '#kernel/time.ts';
import type { TradeFacts } from './driver.ts';
import { discrepancy, earnedAt, nextQueryMinutes } from './rules.ts';

const EXPECTED = { amount: 20_000_000n, appId: 'app', sellerId: 'seller' };
const FACTS: TradeFacts = {
  outTradeNo: '1',
  tradeNo: '2',
  state: 'paid',
  amount: 20_000_000n,
  currency: 'CNY',
  appId: 'app',
  sellerId: 'seller',
  paidAt: null,
};

test('a channel’s facts must agree with what was asked for; what its protocol doesn’t tell is no difference (F38)', () => {
  const told: [Partial<TradeFacts>, string | null][] = [
    [{}, null],
    [{ currency: null, appId: null, sellerId: null }, null],
    [{ amount: 20_000_001n }, 'amount differs'],
    [{ amount: 2_000_000n }, 'amount differs'],
    [{ amount: null }, 'amount differs'],
    [{ currency: 'USD' }, 'currency differs'],
    [{ appId: 'another' }, 'app id differs'],
    [{ sellerId: '' }, 'seller id differs'],
  ];
  for (const [facts, reason] of told) assert.equal(discrepancy(EXPECTED, { ...FACTS, ...facts }), reason);
});

test('a payment is asked after soon at first, then every half hour, ever later', () => {
  const minutes = Array.from({ length: 60 }, (_, queries) => nextQueryMinutes(queries));
  assert.deepEqual(minutes.slice(0, 7), [1, 3, 8, 15, 32, 62, 92]);
  for (const [i, minute] of minutes.entries()) assert.ok(i === 0 || minute > minutes[i - 1]!);
});

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

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TradeFacts } from './driver.ts';
import { discrepancy, nextQueryMinutes } from './rules.ts';

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
    [{ state: 'refunded' }, 'refunded at the channel before it was credited'],
  ];
  for (const [facts, reason] of told) assert.equal(discrepancy(EXPECTED, { ...FACTS, ...facts }), reason);
});

test('a payment is asked after soon at first, then every half hour, ever later', () => {
  const minutes = Array.from({ length: 60 }, (_, queries) => nextQueryMinutes(queries));
  assert.deepEqual(minutes.slice(0, 7), [1, 3, 8, 15, 32, 62, 92]);
  for (const [i, minute] of minutes.entries()) assert.ok(i === 0 || minute > minutes[i - 1]!);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needsOf } from './rules.ts';

const day = (of: number) => new Date(Date.UTC(2026, 2, of));

test('the balance pays first; what it doesn’t cover is to be there by the instant at which it is needed', () => {
  const takings = [
    { at: day(9), amount: 4n },
    { at: day(3), amount: 6n },
    { at: day(9), amount: 5n },
  ];
  assert.deepEqual(needsOf(8n, takings), [{ by: day(9), amount: 7n, total: 7n }]);
  assert.deepEqual(needsOf(0n, takings), [
    { by: day(3), amount: 6n, total: 6n },
    { by: day(9), amount: 9n, total: 15n },
  ]);
  assert.deepEqual(needsOf(15n, takings), []);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays, addMs } from '#kernel/time.ts';
import { billAt } from '#modules/lifecycle/rules.ts';
import { billDue, billEndsAt, withinCredit } from './rules.ts';

const ZONE = 'Asia/Shanghai';
const END = new Date('2026-03-31T04:00:00Z');

test('[yunfuwuqi S3.2] issued so many days before the period, due so many after its issue, never before the period begins', () => {
  const issued = billAt(END, 10, new Date('2026-03-01T00:00:00Z'), ZONE);
  assert.deepEqual(issued, addDays(END, -10, ZONE));
  assert.deepEqual(billDue(issued, 15, END, ZONE), addDays(END, 5, ZONE));
  assert.deepEqual(billEndsAt(END, 15, ZONE), addDays(END, 15, ZONE));
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: -90 * 24, max: 90 * 24 }),
      (before, due, hours) => {
        const now = addMs(END, hours * 3_600_000);
        const at = billAt(END, before, now, ZONE);
        assert.ok(at >= now, 'never in the past, however late');
        const dueAt = billDue(at, due, END, ZONE);
        assert.ok(dueAt >= END && dueAt >= addDays(at, due, ZONE), 'nobody’s days are shortened');
      },
    ),
  );
});

test('credit is for all that is unpaid together', () => {
  assert.ok(withinCredit(100n, 75n, 25n));
  assert.ok(!withinCredit(100n, 76n, 25n));
});

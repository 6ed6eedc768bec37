import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays, addMs } from '#kernel/time.ts';
import {
  deletionAt,
  dueReminders,
  type Happening,
  nextReminder,
  reminderAt,
  runs,
  type State,
  transition,
} from './rules.ts';

const SHANGHAI = 'Asia/Shanghai';
const END = new Date('2026-04-02T02:00:00Z');
const DAYS = [7, 3, 1];
const before = (days: number) => addDays(END, -days, SHANGHAI);

const STATES: State[] = ['preparing', 'active', 'suspended', 'ended', 'deleted', 'failed'];
const HAPPENINGS: Happening[] = ['ready', 'failed', 'expired', 'renewed', 'ended', 'wiped'];

test('what may happen to a service, and nothing else', () => {
  const possible = STATES.flatMap((state) =>
    HAPPENINGS.flatMap((happening) => {
      const next = transition(state, happening);
      return next ? [`${state} ${happening} ${next}`] : [];
    }),
  );
  assert.deepEqual(possible, [
    'preparing ready active',
    'preparing failed failed',
    'preparing wiped deleted',
    'active expired suspended',
    'active renewed active',
    'active ended ended',
    'active wiped deleted',
    'suspended renewed active',
    'suspended ended ended',
    'suspended wiped deleted',
    'ended wiped deleted',
  ]);
});

test('whatever happens in whatever order: what is over stays over, and data that went never comes back', () => {
  const life = fc.array(fc.constantFrom(...HAPPENINGS), { maxLength: 30 });
  fc.assert(
    fc.property(life, (happenings) => {
      let state: State = 'preparing';
      const been: State[] = [state];
      for (const happening of happenings) {
        state = transition(state, happening) ?? state;
        been.push(state);
      }
      const first = (wanted: State[]) => been.findIndex((one) => wanted.includes(one));
      const gone = first(['deleted', 'failed']);
      if (gone >= 0) assert.equal(new Set(been.slice(gone)).size, 1);
      const over = first(['ended']);
      if (over >= 0) assert.ok(been.slice(over).every((one) => one === 'ended' || one === 'deleted'));
      // Only what ran can expire, and only what was made can have data to keep.
      const expired = first(['suspended', 'ended']);
      if (expired >= 0) assert.ok(been.slice(0, expired).includes('active'));
    }),
  );
});

test('a service runs if it is active and nothing holds it; holds come and go in any order and change no state', () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ hold: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ release: fc.constantFrom('a', 'b', 'c') }),
      fc.record({ happens: fc.constantFrom(...HAPPENINGS) }),
    ),
    { maxLength: 40 },
  );
  fc.assert(
    fc.property(steps, (all) => {
      let held = 'preparing' as State;
      let free = 'preparing' as State;
      const holds = new Set<string>();
      for (const step of all) {
        if ('hold' in step) holds.add(step.hold);
        else if ('release' in step) holds.delete(step.release);
        else {
          held = transition(held, step.happens) ?? held;
          free = transition(free, step.happens) ?? free;
        }
        assert.equal(held, free);
        const service = { state: held, holds: holds.size, read_out_until: null };
        assert.equal(runs(service), held === 'active' && holds.size === 0);
      }
    }),
  );
});

test('reminders come at the same time of day, natural days before the end', () => {
  assert.deepEqual(
    DAYS.map((days) => reminderAt(END, days, SHANGHAI).toISOString()),
    ['2026-03-26T02:00:00.000Z', '2026-03-30T02:00:00.000Z', '2026-04-01T02:00:00.000Z'],
  );
  assert.equal(nextReminder(END, DAYS, before(20), SHANGHAI)?.toISOString(), before(7).toISOString());
  assert.equal(nextReminder(END, DAYS, before(7), SHANGHAI)?.toISOString(), before(3).toISOString());
  assert.equal(nextReminder(END, DAYS, before(2), SHANGHAI)?.toISOString(), before(1).toISOString());
  assert.equal(nextReminder(END, DAYS, before(1), SHANGHAI), null);
});

test('after days of downtime only the nearest is sent, the rest is noted as missed (F25)', () => {
  const look = (now: Date, recorded: number[] = []) =>
    dueReminders(END, DAYS, new Set(recorded), now, SHANGHAI);
  assert.deepEqual(look(before(8)), { send: null, missed: [] });
  assert.deepEqual(look(before(7)), { send: 7, missed: [] });
  assert.deepEqual(look(before(7), [7]), { send: null, missed: [] });
  assert.deepEqual(look(before(2)), { send: 3, missed: [7] });
  assert.deepEqual(look(before(1), [7]), { send: 1, missed: [3] });
  assert.deepEqual(look(addMs(END, -1)), { send: 1, missed: [7, 3] });
  assert.deepEqual(look(END), { send: null, missed: [7, 3, 1] });
  assert.deepEqual(look(addDays(END, 5, SHANGHAI), [7]), { send: null, missed: [3, 1] });
});

test('however often and whenever it is looked: each reminder is sent or missed once, never after the end', () => {
  const looks = fc.array(fc.integer({ min: -12 * 24, max: 3 * 24 }), { maxLength: 40 });
  const terms = fc.uniqueArray(fc.integer({ min: 1, max: 30 }), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(looks, terms, (hours, days) => {
      const falling = days.sort((a, b) => b - a);
      const recorded = new Set<number>();
      let sent = 0;
      for (const hour of hours.sort((a, b) => a - b)) {
        const now = addMs(END, hour * 3_600_000);
        const { send, missed } = dueReminders(END, falling, recorded, now, SHANGHAI);
        for (const day of [...missed, ...(send === null ? [] : [send])]) {
          assert.ok(!recorded.has(day));
          assert.ok(reminderAt(END, day, SHANGHAI) <= now);
          recorded.add(day);
        }
        if (send !== null) assert.ok(++sent && now < END);
        const due = nextReminder(END, falling, now, SHANGHAI);
        assert.ok(due === null || (due > now && due < END));
      }
    }),
  );
});

test('the grace is counted from the suspension itself, in natural days', () => {
  assert.equal(deletionAt(END, 3, SHANGHAI).toISOString(), '2026-04-05T02:00:00.000Z');
  const late = addDays(END, 2, SHANGHAI);
  assert.equal(deletionAt(late, 3, SHANGHAI).toISOString(), '2026-04-07T02:00:00.000Z');
  assert.deepEqual(deletionAt(END, 0, SHANGHAI), END);
  // Three days over the change of the clocks in Berlin are 71 hours.
  const berlin = new Date('2026-03-27T12:00:00Z');
  assert.equal(deletionAt(berlin, 3, 'Europe/Berlin').toISOString(), '2026-03-30T11:00:00.000Z');
});

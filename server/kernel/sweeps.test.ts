import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { test } from 'node:test';
import { sql } from 'kysely';
import { WorldClock } from './clock.ts';
import { openLog } from './log.ts';
import { type Sweep, startSweeps, sweepAll } from './sweeps.ts';

const NOON = new Date('2026-03-02T04:00:00Z');

/** Three batches are due, then nothing. */
function batches(sizes: number[]): Sweep & { instants: Date[] } {
  const instants: Date[] = [];
  return {
    name: 'test.batches',
    everySeconds: 3_600,
    instants,
    nextDue: sql`null`,
    run: async (now) => {
      instants.push(now);
      return sizes.shift() ?? 0;
    },
  };
}

test('a sweep goes on until nothing is due, at one and the same instant', async () => {
  const sweep = batches([100, 100, 7]);
  assert.equal(await sweepAll(sweep, NOON), 207);
  assert.deepEqual(sweep.instants, [NOON, NOON, NOON, NOON]);
});

test('a sweep that fails is told and tried again; the others go on; all end when told to', async () => {
  const seen = new EventEmitter();
  const lines: string[] = [];
  const log = openLog('info', {
    write: (line: string) => {
      lines.push(line);
      seen.emit('line');
    },
  });
  const failing: Sweep = {
    name: 'test.failing',
    everySeconds: 3_600,
    nextDue: sql`null`,
    run: async () => {
      throw new Error('the database is away');
    },
  };
  const looked = once(seen, 'patrol');
  const patrol = { name: 'test.patrol', everySeconds: 3_600, run: async () => void seen.emit('patrol') };
  const good = batches([3]);
  const loop = startSweeps([failing, good], [patrol], new WorldClock(NOON, { ticking: false }), log);
  await looked;
  while (lines.length < 2) await once(seen, 'line');
  await loop.stop();
  const told = lines.map((line) => JSON.parse(line)).sort((a, b) => b.level - a.level);
  assert.deepEqual([told[0].sweep, told[0].err.message], ['test.failing', 'the database is away']);
  assert.deepEqual([told[1].sweep, told[1].handled], ['test.batches', 3]);
  assert.deepEqual(good.instants, [NOON, NOON]);
});

test('a world’s clock stands, jumps forward, and never goes back (F19)', () => {
  const clock = new WorldClock(NOON, { ticking: false });
  const later = new Date('2026-03-05T00:00:00Z');
  clock.moveTo(later);
  clock.moveTo(NOON);
  assert.deepEqual([clock.now(), clock.now()], [later, later]);
  clock.now().setFullYear(1999);
  assert.deepEqual(clock.now(), later, 'what it gave out is a copy');
  const ticking = new WorldClock(NOON, { ticking: true });
  const [first, second] = [ticking.now(), ticking.now()];
  assert.ok(first >= NOON && second >= first);
});

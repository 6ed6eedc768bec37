import { setTimeout as sleep } from 'node:timers/promises';
import type { WorldClock } from '#kernel/clock.ts';
import type { House } from '#kernel/house.ts';
import { jobsPending } from '#kernel/jobs.ts';
import { duesOf, sweepAll } from '#kernel/sweeps.ts';
import { allSweeps } from './worker.ts';

const DRAIN_SECONDS = 120;

/**
 * Moves a world's clock, stopping at each due date on the way to do what is due there and let its jobs end.
 * @param stopped told each due date when what was due there is done.
 * @throws Error when something stays due however often it is done.
 */
export async function stepTo(
  house: House,
  clock: WorldClock,
  target: Date,
  stopped: (at: Date) => void = () => undefined,
): Promise<void> {
  const sweeps = allSweeps(house);
  let last = 0;
  let repeats = 0;
  for (;;) {
    const dues = await duesOf(house.db, sweeps);
    const waiting = sweeps
      .map((sweep, i) => ({ sweep, due: dues[i]! }))
      .filter(({ due }) => due !== null && due <= target);
    if (waiting.length === 0) break;
    const first = Math.min(...waiting.map(({ due }) => due!.getTime()));
    repeats = first === last ? repeats + 1 : 0;
    if (repeats > 3) throw new Error(`what was due at ${new Date(first).toISOString()} stays due`);
    last = first;
    clock.moveTo(new Date(first));
    for (const { sweep, due } of waiting) if (due! <= clock.now()) await sweepAll(sweep, clock.now());
    await drained(house);
    stopped(new Date(first));
  }
  clock.moveTo(target);
  for (const sweep of sweeps) await sweepAll(sweep, clock.now());
  await drained(house);
}

/** Waits until no job is due or running. */
export async function drained(house: House): Promise<void> {
  const deadline = performance.now() + DRAIN_SECONDS * 1_000;
  while ((await jobsPending(house.db)) > 0) {
    if (performance.now() > deadline) throw new Error(`jobs still run after ${DRAIN_SECONDS} s`);
    await sleep(10);
  }
}

import { setTimeout } from 'node:timers/promises';
import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { Db } from './db.ts';

/**
 * A sweep does all that is due by its business dates, whether it became due now or while nobody ran.
 * Two schedulers at once are harmless: rows are taken with SKIP LOCKED (F24).
 */
export interface Sweep {
  name: string;
  /** How often the worker looks, in seconds. */
  everySeconds: number;
  /** The earliest business date that waits for this sweep, past or future; null when nothing waits. */
  nextDue(db: Db): Promise<Date | null>;
  /** Handles one bounded batch of what is due at `now`, in transactions of its own. Returns how many; 0 when done. */
  run(now: Date): Promise<number>;
}

export interface SweepLoop {
  stop(): Promise<void>;
}

/** Runs one sweep until nothing is due any more. */
export async function sweepAll(sweep: Sweep, now: Date): Promise<number> {
  let total = 0;
  for (;;) {
    const handled = await sweep.run(now);
    if (handled === 0) return total;
    total += handled;
  }
}

/** Looks at the outside world again and again, by the real clock; no business date waits for it. */
export interface Patrol {
  name: string;
  everySeconds: number;
  run(): Promise<void>;
}

export function startSweeps(sweeps: Sweep[], patrols: Patrol[], clock: Clock, log: Logger): SweepLoop {
  const stop = new AbortController();
  const repeat = async (name: string, everySeconds: number, work: () => Promise<void>) => {
    while (!stop.signal.aborted) {
      await work().catch((error: unknown) =>
        log.error({ sweep: name, err: error }, 'failed; it is tried again'),
      );
      await setTimeout(everySeconds * 1_000, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  const loops = [
    ...sweeps.map((sweep) =>
      repeat(sweep.name, sweep.everySeconds, async () => {
        const handled = await sweepAll(sweep, clock.now());
        if (handled > 0) log.info({ sweep: sweep.name, handled }, 'swept');
      }),
    ),
    ...patrols.map((patrol) => repeat(patrol.name, patrol.everySeconds, () => patrol.run())),
  ];
  return {
    async stop() {
      stop.abort();
      await Promise.all(loops);
    },
  };
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessIdentity } from './supervise-process.ts';

/** Something that runs until it ends by itself or is stopped. */
export interface Running {
  identity: ProcessIdentity | null;
  exited: Promise<{ reason: string }>;
  /** Ends it and waits; any number of calls. */
  stop(): Promise<void>;
}

export interface Backoff {
  /** Wait before the first restart; doubled with each further one. */
  firstMs: number;
  mostMs: number;
  /** Having run this long, the next death counts as the first again. */
  calmMs: number;
}

const BACKOFF: Backoff = { firstMs: 250, mostMs: 30_000, calmMs: 60_000 };

export interface SuperviseOptions<Part extends Running> {
  name: string;
  start(): Promise<Part>;
  log(line: string): void;
  /** Told of each start (with the part) and each end (with null). */
  changed?(part: Part | null, restarts: number): void;
  backoff?: Backoff;
}

export interface Supervised<Part extends Running> {
  /** The part as it runs now; null between an end and the next start. */
  current(): Part | null;
  restarts(): number;
  /** Ends it for good: no restart follows, not even one that has begun. */
  stop(): Promise<void>;
}

/**
 * Starts a part and keeps it running: when it dies it is started again, after a wait that grows while it keeps
 * dying. Returns after the first start.
 * @throws what the first `start` throws: something that never ran is the caller's to report.
 */
export async function supervise<Part extends Running>(
  options: SuperviseOptions<Part>,
): Promise<Supervised<Part>> {
  const { name, start, log, changed, backoff = BACKOFF } = options;
  const ending = new AbortController();
  let current: Part | null = await start();
  let restarts = 0;
  changed?.(current, restarts);

  const keepRunning = async (first: Part) => {
    let part: Part | null = first;
    let inARow = 0;
    while (true) {
      if (part !== null) {
        const began = performance.now();
        const { reason } = await part.exited;
        if (ending.signal.aborted) return;
        current = null;
        if (performance.now() - began >= backoff.calmMs) inARow = 0;
        log(`${name} ended (${reason})`);
        changed?.(null, restarts);
      }
      const waitMs = Math.min(backoff.firstMs * 2 ** inARow, backoff.mostMs);
      inARow += 1;
      await sleep(waitMs, undefined, { signal: ending.signal }).catch(ignoreAbort);
      if (ending.signal.aborted) return;
      part = await start().catch((error: unknown) => {
        log(`${name} didn't start: ${error instanceof Error ? error.message : String(error)}`);
        return null;
      });
      if (part === null) continue;
      // A part that came up after we were told to end it for good must not outlive us.
      if (ending.signal.aborted) return part.stop();
      restarts += 1;
      current = part;
      log(`${name} started again`);
      changed?.(part, restarts);
    }
  };
  const loop = keepRunning(current);

  return {
    current: () => current,
    restarts: () => restarts,
    async stop() {
      ending.abort();
      await current?.stop();
      await loop;
      current = null;
      changed?.(null, restarts);
    },
  };
}

function ignoreAbort(error: unknown): void {
  if (!(error instanceof Error && error.name === 'AbortError')) throw error;
}

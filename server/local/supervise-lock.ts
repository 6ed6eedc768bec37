import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';

/** SQLITE_BUSY */
const BUSY = 5;

/** Held until released or until the process ends, however it ends. */
export interface Lock {
  release(): void;
}

/**
 * Takes a lock that is bound to a file; null when another process (or this one) holds it.
 *
 * The lock is the kernel's, taken through SQLite: it falls with its holder, so that there are no stale locks to
 * tell from live ones, and no race in doing so.
 */
export function tryLock(path: string): Lock | null {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('pragma journal_mode = memory; begin exclusive');
  } catch (error) {
    database.close();
    if ((error as { errcode?: number }).errcode === BUSY) return null;
    throw new Error(`can't lock ${path}: ${(error as Error).message}`, { cause: error });
  }
  return { release: () => database.close() };
}

/** Waits for the lock. */
export async function lock(path: string, everyMs = 50): Promise<Lock> {
  while (true) {
    const held = tryLock(path);
    if (held !== null) return held;
    await sleep(everyMs);
  }
}

import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRunning, type ProcessIdentity } from './supervise-process.ts';

export type PartName = 'postgres' | 'hypervisor' | 'server';

export interface PartState {
  /** Null while it is down between two starts, or when nothing of ours runs for it (an outside PostgreSQL). */
  identity: ProcessIdentity | null;
  /** What it is and where it answers, for people: "PostgreSQL 18 on 127.0.0.1:41234". Never a secret. */
  detail: string;
  restarts: number;
  /** Outside PostgreSQL, nodes of the operator's own, simulated ones: no process of ours. */
  elsewhere?: boolean;
}

/** What one `up` wrote about itself to `run.json` in its data directory. It stays there after a kill -9. */
export interface RunState {
  supervisor: ProcessIdentity;
  phase: 'starting' | 'ready' | 'stopping';
  /** Where the console answers; null until ready. */
  url: string | null;
  parts: Partial<Record<PartName, PartState>>;
}

/** Makes the data directory; its files are its owner's alone. */
export function makeDataDir(dataDir: string): void {
  mkdirSync(join(dataDir, 'logs'), { recursive: true, mode: 0o700 });
  chmodSync(join(dataDir, 'logs'), 0o700);
}

export function readRunState(dataDir: string): RunState | null {
  try {
    return JSON.parse(readFileSync(join(dataDir, 'run.json'), 'utf8')) as RunState;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw new Error(`${join(dataDir, 'run.json')} can't be read: ${(error as Error).message}`, {
      cause: error,
    });
  }
}

/** The state of an `up` that is alive; null when there is none. */
export async function readLiveRunState(dataDir: string): Promise<RunState | null> {
  const state = readRunState(dataDir);
  return state !== null && (await isRunning(state.supervisor)) ? state : null;
}

/** Whole or not at all. Only the holder of the data directory's lock writes. */
export function writeRunState(dataDir: string, state: RunState): void {
  const path = join(dataDir, 'run.json');
  writeFileSync(`${path}.partial`, JSON.stringify(state, null, 2), { mode: 0o600 });
  renameSync(`${path}.partial`, path);
}

export function removeRunState(dataDir: string): void {
  rmSync(join(dataDir, 'run.json'), { force: true });
}

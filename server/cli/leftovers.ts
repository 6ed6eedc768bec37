import { endProcess, isRunning } from '#server/local/supervise-process.ts';
import { type PartName, readRunState } from '#server/local/supervise-state.ts';

/** How each part is told to end: PostgreSQL's SIGINT is its fast shutdown. */
const STEPS: Record<PartName, { signal: NodeJS.Signals; timeoutMs: number }[]> = {
  server: [
    { signal: 'SIGTERM', timeoutMs: 20_000 },
    { signal: 'SIGKILL', timeoutMs: 5_000 },
  ],
  hypervisor: [
    { signal: 'SIGTERM', timeoutMs: 30_000 },
    { signal: 'SIGKILL', timeoutMs: 5_000 },
  ],
  postgres: [
    { signal: 'SIGINT', timeoutMs: 30_000 },
    { signal: 'SIGQUIT', timeoutMs: 10_000 },
  ],
};

/**
 * Ends, in this order, parts that outlived an `up` which was killed. Only to be called when no `up` is alive.
 * @returns the names of those that were running.
 */
export async function endLeftovers(
  dataDir: string,
  names: PartName[],
  log: (line: string) => void,
): Promise<PartName[]> {
  const ended: PartName[] = [];
  const parts = readRunState(dataDir)?.parts ?? {};
  for (const name of names) {
    const identity = parts[name]?.identity ?? null;
    if (identity === null || !(await isRunning(identity))) continue;
    log(`ending the ${name} of an earlier run (process ${identity.pid})`);
    await endProcess(identity, STEPS[name]);
    ended.push(name);
  }
  return ended;
}

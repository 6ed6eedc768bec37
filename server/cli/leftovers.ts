import {
  type EndingStep,
  endProcess,
  isRunning,
  type ProcessIdentity,
} from '#server/local/supervise-process.ts';
import { type PartName, readRunState } from '#server/local/supervise-state.ts';

const SERVER_STEPS: EndingStep[] = [
  { signal: 'SIGTERM', timeoutMs: 20_000 },
  { signal: 'SIGKILL', timeoutMs: 5_000 },
];
/** Fast shutdown, then immediate shutdown, from which PostgreSQL recovers at its next start. */
const POSTGRES_STEPS: EndingStep[] = [
  { signal: 'SIGINT', timeoutMs: 30_000 },
  { signal: 'SIGQUIT', timeoutMs: 10_000 },
];

/** Ends the server that outlived an `up` which was killed: it holds the port and answers nobody's orders. */
export async function endLeftoverServer(dataDir: string, log: (line: string) => void): Promise<void> {
  const identity = await leftover(dataDir, 'server', log);
  if (identity !== null) await endProcess(identity, SERVER_STEPS);
}

/**
 * Ends all parts that outlived an `up` which was killed. Only to be called under the data directory's lock.
 * @returns how many were running.
 */
export async function endLeftovers(dataDir: string, log: (line: string) => void): Promise<number> {
  const server = await leftover(dataDir, 'server', log);
  if (server !== null) await endProcess(server, SERVER_STEPS);
  const hypervisor = await leftover(dataDir, 'hypervisor', log);
  if (hypervisor !== null) {
    // Its machines are to be shut down before it: that is the hypervisor's own business, so it is adopted first.
    const { startLocalHypervisor } = await import('#server/local/lxd.ts');
    await (await startLocalHypervisor({ dataDir, name: 'local', log })).stop();
  }
  const postgres = await leftover(dataDir, 'postgres', log);
  if (postgres !== null) await endProcess(postgres, POSTGRES_STEPS);
  return [server, hypervisor, postgres].filter((identity) => identity !== null).length;
}

async function leftover(
  dataDir: string,
  name: PartName,
  log: (line: string) => void,
): Promise<ProcessIdentity | null> {
  const identity = readRunState(dataDir)?.parts[name]?.identity ?? null;
  if (identity === null || !(await isRunning(identity))) return null;
  log(`ending the ${name} of an earlier run (process ${identity.pid})`);
  return identity;
}

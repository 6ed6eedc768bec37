import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Processor milliseconds that a process has taken; with `children` those of the processes that it started, too. NaN where there is no /proc. */
export function cpuOf(pid: number, { children = false } = {}): number {
  if (!existsSync('/proc/self/stat')) return Number.NaN;
  if (!children) return own(pid);
  return childrenOf(pid).reduce((sum, child) => sum + own(child), own(pid, true));
}

/** After the name, which may hold anything: state, parent, …, user time, system time, those of its ended children. */
function fieldsOf(pid: number | string): string[] {
  const stat = read(`/proc/${pid}/stat`);
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
}

/** The processes that a process started, by their main threads. */
export function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === pid)
    .map(Number);
}

/**
 * Milliseconds for which the main threads of these have stood in the queue for a processor since `before`, which is what
 * an earlier call gave; of those that were there then and are there now. Empty where the kernel doesn't count them.
 */
export function queuedOf(pids: number[], before?: Map<number, number>): Map<number, number> {
  const counted = pids.map((pid) => [pid, read(`/proc/${pid}/task/${pid}/schedstat`).split(' ')[1]] as const);
  const since = (pid: number) => (before ? before.get(pid) : 0);
  return new Map(
    counted.flatMap(([pid, ns]) => {
      const from = since(pid);
      return ns === undefined || from === undefined ? [] : [[pid, Number(ns) / 1e6 - from]];
    }),
  );
}

/** Some end while we look. */
function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes((error as NodeJS.ErrnoException).code ?? '')) return '';
    throw error;
  }
}

function parentOf(pid: string): number {
  return Number(fieldsOf(pid)[1]);
}

const TICK_MS = 10;

function own(pid: number, ended = false): number {
  const times = fieldsOf(pid).slice(11, ended ? 15 : 13);
  return times.reduce((sum, ticks) => sum + Number(ticks), 0) * TICK_MS;
}

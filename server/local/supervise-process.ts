import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A process that can be told apart from a later one with the same id: its pid, and when the kernel says it began
 * (clock ticks since boot on Linux, `ps`'s lstart elsewhere; only ever compared, never computed with).
 */
export interface ProcessIdentity {
  pid: number;
  began: string;
}

/** Identity of a running process; null when there is none with this id, or only a zombie. */
export async function identifyProcess(pid: number): Promise<ProcessIdentity | null> {
  if (!Number.isSafeInteger(pid) || pid <= 1) return null;
  if (process.platform === 'linux') return identifyOnLinux(pid);
  try {
    const { stdout } = await run('ps', ['-o', 'stat=,lstart=', '-p', String(pid)]);
    const [state = '', ...began] = stdout.trim().split(/\s+/);
    return state === '' || state.startsWith('Z') ? null : { pid, began: began.join(' ') };
  } catch {
    // ps exits with 1 when no process has this id.
    return null;
  }
}

async function identifyOnLinux(pid: number): Promise<ProcessIdentity | null> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The second field is the program's name in parentheses and may itself hold spaces and parentheses.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [state, began] = [fields[0], fields[19]];
  return began === undefined || state === 'Z' || state === 'X' ? null : { pid, began };
}

export async function isRunning(identity: ProcessIdentity): Promise<boolean> {
  return (await identifyProcess(identity.pid))?.began === identity.began;
}

/** Sends a signal to exactly this process; false when it is gone already. */
export async function signalProcess(identity: ProcessIdentity, signal: NodeJS.Signals): Promise<boolean> {
  if (!(await isRunning(identity))) return false;
  try {
    process.kill(identity.pid, signal);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
    throw error;
  }
}

/** Waits until the process is gone; false when it is still there after `timeoutMs`. */
export async function waitUntilGone(
  identity: ProcessIdentity,
  timeoutMs: number,
  everyMs = 25,
): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (await isRunning(identity)) {
    if (performance.now() > deadline) return false;
    await sleep(everyMs);
  }
  return true;
}

export interface EndingStep {
  signal: NodeJS.Signals;
  timeoutMs: number;
}

/** Asks a process to end with each signal in turn, waiting `timeoutMs` after each; throws if none ends it. */
export async function endProcess(identity: ProcessIdentity, steps: EndingStep[]): Promise<void> {
  for (const { signal, timeoutMs } of steps) {
    if (!(await signalProcess(identity, signal))) return;
    if (await waitUntilGone(identity, timeoutMs)) return;
  }
  throw new Error(`process ${identity.pid} doesn't end, not even by ${steps.at(-1)?.signal}`);
}

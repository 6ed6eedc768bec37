import { type ChildProcess, spawn } from 'node:child_process';
import type { Socket } from 'node:net';
import { type ProcessIdentity, waitUntilGone } from './supervise-process.ts';

/**
 * What outlives the process that started a PostgreSQL, however that one ends: the server, to be taken over by the next
 * (`up`); the data alone; or nothing, its whole directory goes too.
 */
export type Leaves = 'server' | 'data' | 'nothing';

/**
 * The pipe is closed by the kernel when its other end dies, by whatever signal; a word in it says that all is done. Then
 * fast shutdown, and immediate shutdown where a session won't end. A pid that isn't this cluster's any more is let be. What
 * still writes into a directory that goes (initdb) is given a moment and the directory is removed once more.
 */
const WATCH = `
if read -r done; then exit 0; fi
cluster=$(cd "$1/cluster" 2>/dev/null && pwd -P)
ours() {
  pid=$(head -n 1 "$cluster/postmaster.pid" 2>/dev/null)
  [ -n "$pid" ] && ps -o comm= -p "$pid" 2>/dev/null | grep -q postgres &&
    { [ ! -e /proc/self/cwd ] || [ "$(readlink "/proc/$pid/cwd")" = "$cluster" ]; }
}
ours && kill -INT "$pid"
n=0
while ours && [ $n -lt 400 ]; do
  n=$((n + 1)); [ $n -eq 300 ] && kill -QUIT "$pid"; sleep 0.1
done
if [ "$2" = nothing ]; then rm -rf -- "$1"; sleep 2; rm -rf -- "$1"; fi
`;

export interface Watch {
  /** The server was ended by us: nothing is to be done any more. */
  done(): void;
}

/** Ends the PostgreSQL in `dir` once this process is gone, and removes what isn't to be left. `dir` is absolute. */
export function watchOver(dir: string, leaves: Exclude<Leaves, 'server'>): Watch {
  const child = spawn('sh', ['-c', WATCH, 'cloudpact-watch', dir, leaves], {
    cwd: '/',
    // A session of its own: what is sent to our whole group, such as Ctrl-C, isn't meant for it.
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without it all goes on as well; it only isn't watched.
  child.once('error', () => undefined);
  child.stdin.once('error', () => undefined);
  child.unref();
  (child.stdin as Socket).unref();
  return { done: () => void child.stdin.end('done\n') };
}

/** When a child has ended. */
export async function exitOf(child: ChildProcess): Promise<{ reason: string }> {
  if (child.exitCode === null && child.signalCode === null) {
    await new Promise<void>((settle) => child.once('exit', () => settle()));
  }
  return { reason: child.signalCode ?? `exit code ${child.exitCode}` };
}

/** Only a parent is told of an end; of an adopted server we have to ask. */
export async function endOf(identity: ProcessIdentity): Promise<{ reason: string }> {
  while (!(await waitUntilGone(identity, 3_600_000, 250)));
  return { reason: 'ended' };
}

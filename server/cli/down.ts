import { join } from 'node:path';
import { lock } from '#server/local/supervise-lock.ts';
import { signalProcess, waitUntilGone } from '#server/local/supervise-process.ts';
import { readLiveRunState, readRunState, removeRunState } from '#server/local/supervise-state.ts';
import { CommandError, command, dataDirOf } from './command.ts';
import { endLeftovers } from './leftovers.ts';

/** Long enough for each part's own limits, one after the other. */
const STOP_TIMEOUT_MS = 180_000;

/** Stops what `up` on this data directory started, and waits until it is gone. */
export const run = command({
  options: { data: { type: 'string' } },
  run: (values) => down(dataDirOf(values.data)),
});

export async function down(dataDir: string): Promise<number> {
  const print = (line: string) => process.stdout.write(`${line}\n`);
  if (readRunState(dataDir) === null) {
    print(`Nothing runs on ${dataDir}.`);
    return 0;
  }
  const alive = await readLiveRunState(dataDir);
  if (alive !== null) {
    print(`Stopping (process ${alive.supervisor.pid}) …`);
    await signalProcess(alive.supervisor, 'SIGTERM');
    if (!(await waitUntilGone(alive.supervisor, STOP_TIMEOUT_MS))) {
      throw new CommandError(
        `process ${alive.supervisor.pid} is still stopping; see ${join(dataDir, 'logs')}`,
      );
    }
  }
  // An `up` that was killed leaves its parts running; under the lock, no new one can be adopting them.
  const held = await lock(join(dataDir, 'up.lock'));
  try {
    const ended = await endLeftovers(dataDir, print);
    removeRunState(dataDir);
    print(alive === null && ended === 0 ? `Nothing ran on ${dataDir} any more.` : 'Stopped.');
    return 0;
  } finally {
    held.release();
  }
}

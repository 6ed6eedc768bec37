import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { makeDataDir } from '#server/local/supervise-state.ts';
import { CommandError } from './command.ts';
import { outputSink } from './progress.ts';
import type { ReportMessage } from './report.ts';

/**
 * Runs this very program again in a session of its own, shows what it tells over IPC, and returns when it is ready.
 * @param args of the command line: the command and its options, without --detach.
 * @param program the script, ours unless a test has another.
 */
export async function startDetached(
  dataDir: string,
  args: string[],
  program = join(import.meta.dirname, 'main.ts'),
): Promise<number> {
  makeDataDir(dataDir);
  const logFile = join(dataDir, 'logs/up.log');
  const output = openSync(logFile, 'a', 0o600);
  const child = spawn(process.execPath, [program, ...args], {
    detached: true,
    stdio: ['ignore', output, output, 'ipc'],
  });
  closeSync(output);
  const forward = () => child.kill('SIGTERM');
  process.on('SIGINT', forward);
  process.on('SIGTERM', forward);

  const show = outputSink();
  const ending = await new Promise<ReportMessage | { type: 'ended'; reason: string }>((resolve) => {
    child.on('message', (message: ReportMessage) => {
      if (message.type === 'ready' || message.type === 'failed') resolve(message);
      else show(message);
    });
    child.once('error', (error) => resolve({ type: 'ended', reason: error.message }));
    child.once('exit', (code, signal) => resolve({ type: 'ended', reason: signal ?? `exit code ${code}` }));
  });
  process.off('SIGINT', forward);
  process.off('SIGTERM', forward);
  if (ending.type === 'failed') throw new CommandError(ending.message);
  if (ending.type === 'ended')
    throw new CommandError(`it ended before it was ready (${ending.reason}); see ${logFile}`);
  if (ending.type === 'ready') process.stdout.write(`${ending.text}\n`);
  child.disconnect();
  child.unref();
  return 0;
}

/**
 * `./cloudpact up` with a server that does nothing and a console that is built already; all else is the real thing.
 * Arguments: data directory, port, and "detach" to go on in the background.
 */
import { join } from 'node:path';
import { CommandError } from '#server/cli/command.ts';
import { startDetached } from '#server/cli/detach.ts';
import { up } from '#server/cli/up.ts';

const [dataDir = '', port = '', detach] = process.argv.slice(2);
const settings = {
  dataDir,
  host: '127.0.0.1',
  port: Number(port),
  simulated: true,
  env: { ...process.env, CLOUDPACT_NODES_FILE: undefined },
  serverCommand: [process.execPath, join(import.meta.dirname, 'server.ts')] as [string, ...string[]],
  serverDir: import.meta.dirname,
  buildConsole: async () => 'unchanged' as const,
};
const detached =
  detach === 'detach' ? () => startDetached(dataDir, [dataDir, port], import.meta.filename) : null;
process.exitCode = await up(settings, detached).catch((error: unknown) => {
  if (!(error instanceof CommandError)) throw error;
  process.stderr.write(`cloudpact: ${error.message}\n`);
  return 1;
});

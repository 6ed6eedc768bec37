import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { FlavourError } from '#server/local/lxd-flavour.ts';
import { CommandError, UsageError } from './command.ts';
import { commands } from './commands.ts';

/** Entry of `./cloudpact`, which has made sure of Node 24 and the packages. */
async function main(args: string[]): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined || name === 'help' || args.some((word) => word === '--help' || word === '-h')) {
    process.stdout.write(readFileSync(join(import.meta.dirname, 'usage.txt'), 'utf8'));
    return 0;
  }
  const load = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (load === undefined) throw new UsageError(`unknown command '${name}'`);
  const { run } = await load();
  return run(rest);
}

function tell(error: unknown): number {
  if (error instanceof UsageError) {
    process.stderr.write(`cloudpact: ${error.message}\n  ./cloudpact --help shows what there is.\n`);
    return 2;
  }
  if (error instanceof CommandError || error instanceof FlavourError) {
    process.stderr.write(`cloudpact: ${error.message}\n`);
    return 1;
  }
  process.stderr.write(`cloudpact: ${error instanceof Error ? error.stack : String(error)}\n`);
  return 1;
}

// `./cloudpact up | head` closes our output; that is no reason to leave the parts running without a supervisor.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await main(process.argv.slice(2)).catch(tell);

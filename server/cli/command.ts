import { resolve } from 'node:path';
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';

type Values<Options extends ParseArgsOptionsConfig> = ReturnType<
  typeof parseArgs<{ options: Options; strict: true }>
>['values'];

/** A command of `./cloudpact`, ready to run on what follows its name. Its answer is the exit code. */
export type Command = (args: string[]) => Promise<number>;

/** A command or option that doesn't exist, or a value that makes no sense: exit code 2. */
export class UsageError extends Error {}

/** Something that was to be expected (port taken, no network …): told in plain words, without a stack. */
export class CommandError extends Error {}

interface Definition<Options extends ParseArgsOptionsConfig> {
  options: Options;
  /** Names of the words after the options, as in usage.txt; more of them are refused. */
  words?: string[];
  run(values: Values<Options>, words: string[]): Promise<number>;
}

/** Defines a command by its options (node:util's parseArgs) and what it does. */
export function command<const Options extends ParseArgsOptionsConfig>(
  definition: Definition<Options>,
): Command {
  return async (args) => {
    const { values, positionals } = parse(definition, args);
    const surplus = positionals[definition.words?.length ?? 0];
    if (surplus !== undefined) throw new UsageError(`unexpected '${surplus}'`);
    return definition.run(values, positionals);
  };
}

function parse<Options extends ParseArgsOptionsConfig>(definition: Definition<Options>, args: string[]) {
  try {
    return parseArgs({ args, options: definition.options, strict: true, allowPositionals: true });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('ERR_PARSE_ARGS') !== true) throw error;
    throw new UsageError(message.split('. ')[0] ?? message, { cause: error });
  }
}

/** The directory that this program lies in. */
export const PROJECT_ROOT = resolve(import.meta.dirname, '../..');

/** --data, else CLOUDPACT_DATA_DIR, else data/ beside the program; absolute. */
export function dataDirOf(given: string | undefined): string {
  if (given === '') throw new UsageError('--data needs a directory');
  return resolve(given ?? (process.env.CLOUDPACT_DATA_DIR || resolve(PROJECT_ROOT, 'data')));
}

/** A TCP port from an option or the environment. */
export function portOf(given: string | undefined): number {
  const text = given ?? (process.env.PORT || '8080');
  const port = Number(text);
  if (!/^\d{1,5}$/.test(text) || port < 1 || port > 65_535) {
    throw new UsageError(`'${text}' is no port: give a number from 1 to 65535`);
  }
  return port;
}

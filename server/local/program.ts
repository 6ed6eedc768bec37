import { spawn } from 'node:child_process';

export interface ProgramOptions {
  /** Written to standard input. */
  input?: string;
  env?: NodeJS.ProcessEnv;
  signal?: AbortSignal | undefined;
  /** Gets each line of both outputs as it comes. */
  onLine?: (line: string) => void;
}

export interface ProgramResult {
  code: number;
  stdout: string;
  stderr: string;
}

const keptCharacters = 1024 * 1024;

/** Runs a program to its end; a missing one is code 127, as a shell says. */
export function program(
  command: string,
  args: string[],
  options: ProgramOptions = {},
): Promise<ProgramResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { env: options.env ?? process.env, signal: options.signal });
    const output = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      let rest = '';
      child[stream].setEncoding('utf8').on('data', (text: string) => {
        output[stream] = (output[stream] + text).slice(-keptCharacters);
        const lines = (rest + text).split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) options.onLine?.(line);
      });
    }
    child.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') resolve({ code: 127, stdout: '', stderr: `${command}: not found` });
      else reject(error);
    });
    child.once('close', (code) => resolve({ code: code ?? 128, ...output }));
    child.stdin.once('error', () => {
      // It may end without reading; its code says what that means.
    });
    child.stdin.end(options.input ?? '');
  });
}

/** The same, but a failure throws with the last lines of what it said. */
export async function mustRun(
  command: string,
  args: string[],
  options: ProgramOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await program(command, args, options);
  if (code === 0) return stdout;
  const said = (stderr.trim() || stdout.trim()).split('\n').slice(-5).join('; ');
  throw new Error(`${command} ${args[0] ?? ''} failed (${code}): ${said}`);
}

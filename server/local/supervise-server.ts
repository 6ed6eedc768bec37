import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readSync, renameSync, statSync } from 'node:fs';
import type { Running } from './supervise.ts';
import { endProcess, identifyProcess, type ProcessIdentity } from './supervise-process.ts';

const LOG_FILE_LIMIT_BYTES = 20 * 1024 * 1024;

/** A seeded account, told once: at the first start on an empty database. */
export interface Login {
  role: string;
  email: string;
  password: string;
}

export interface ServerProcess extends Running {
  identity: ProcessIdentity;
  url: string;
  logins: Login[];
}

export interface ServerOptions {
  /** Program and arguments: an array, never a shell string. */
  command: [string, ...string[]];
  cwd: string;
  env: Record<string, string | undefined>;
  /** Its output is appended here. */
  logFile: string;
  readyTimeoutMs: number;
  /** Aborted when it isn't wanted any more: it is ended instead of waited for. */
  cancelled: AbortSignal;
}

/** What the server tells its parent over the IPC channel, once. */
type Message = { type: 'ready'; url: string; logins: Login[] } | { type: 'failed'; message: string };

/**
 * Starts the server and waits until it says that it is ready.
 * It runs in a session of its own, so that Ctrl-C reaches us alone and we end the parts in order.
 * @throws Error with the server's own message, or the end of its log when it died without one.
 */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const logged = rotate(options.logFile);
  const output = openSync(options.logFile, 'a', 0o600);
  const [program, ...args] = options.command;
  const child = spawn(program, args, {
    cwd: options.cwd,
    env: options.env,
    detached: true,
    stdio: ['ignore', output, output, 'ipc'],
  });
  closeSync(output);
  const exited = exitOf(child);
  const told = await Promise.race([
    messageOf(child),
    exited.then(({ reason }) => ({ type: 'exited' as const, reason })),
    timeout(options.readyTimeoutMs),
    abortOf(options.cancelled),
  ]);
  const identity = child.pid === undefined ? null : await identifyProcess(child.pid);
  if (told.type === 'ready' && identity !== null) {
    return { identity, url: told.url, logins: told.logins, exited, stop: () => end(identity) };
  }
  if (identity !== null) await end(identity);
  options.cancelled.throwIfAborted();
  if (told.type === 'failed') throw new Error(told.message);
  const why =
    told.type === 'timeout'
      ? `said nothing for ${options.readyTimeoutMs / 1000} s`
      : 'ended before it was ready';
  const lines = tail(options.logFile, logged);
  throw new Error(`the server ${why}${lines === '' ? '' : `; its log ends with:\n${lines}`}`);
}

function end(identity: ProcessIdentity): Promise<void> {
  return endProcess(identity, [
    { signal: 'SIGTERM', timeoutMs: 20_000 },
    { signal: 'SIGKILL', timeoutMs: 5_000 },
  ]);
}

function messageOf(child: ChildProcess): Promise<Message> {
  return new Promise((resolve) => {
    child.on('message', (message: Message) => {
      if (message.type === 'ready' || message.type === 'failed') resolve(message);
    });
  });
}

function exitOf(child: ChildProcess): Promise<{ reason: string }> {
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ reason: error.message }));
    child.once('exit', (code, signal) => resolve({ reason: signal ?? `exit code ${code}` }));
  });
}

function timeout(afterMs: number): Promise<{ type: 'timeout' }> {
  return new Promise((resolve) => {
    setTimeout(() => resolve({ type: 'timeout' }), afterMs).unref();
  });
}

function abortOf(signal: AbortSignal): Promise<{ type: 'cancelled' }> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve({ type: 'cancelled' });
    signal.addEventListener('abort', () => resolve({ type: 'cancelled' }), { once: true });
  });
}

/** Puts a log that has grown large aside; the size of what is there already. */
function rotate(logFile: string): number {
  const bytes = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  if (bytes <= LOG_FILE_LIMIT_BYTES) return bytes;
  renameSync(logFile, `${logFile}.1`);
  return 0;
}

/** The last lines that were written since the log was `from` bytes long. */
function tail(logFile: string, from: number): string {
  const file = openSync(logFile, 'r');
  try {
    const bytes = statSync(logFile).size;
    const start = Math.max(from, bytes - 8192);
    const buffer = Buffer.alloc(Math.max(0, bytes - start));
    readSync(file, buffer, 0, buffer.length, start);
    return buffer.toString('utf8').trim().split('\n').slice(-15).join('\n');
  } finally {
    closeSync(file);
  }
}

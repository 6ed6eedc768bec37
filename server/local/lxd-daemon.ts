import { type ChildProcess, spawn } from 'node:child_process';
import { openSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { templateFolder } from './lxcfs.ts';
import { lxdApi } from './lxd-api.ts';
import { type Flavour, programPath } from './lxd-flavour.ts';
import { mustRun } from './program.ts';
import { lock } from './supervise-lock.ts';

export interface Daemon {
  socketPath: string;
  pid: number;
  /** False when it was running already. */
  started: boolean;
  /** When the daemon ends, by whomever: its code, or null when that isn't known. */
  exited: Promise<number | null>;
  stop(): Promise<void>;
}

const readyTimeoutMs = 60_000;
/** Instances get 30 s each, side by side, before they're stopped by force (the daemon's default). */
const stopTimeoutSeconds = 60;

/** The daemon of a directory, started or adopted. It outlives us, so that instances do when we are killed. */
export async function runDaemon(
  flavour: Flavour,
  directory: string,
  log: (line: string) => void,
): Promise<Daemon> {
  const socketPath = path.join(directory, 'unix.socket');
  const held = await lock(path.join(directory, 'start.lock'));
  try {
    const running = await answeringPid(socketPath);
    if (running !== null) {
      await ready(socketPath, () => null);
      return { ...control(flavour, directory, socketPath, running, whenGone(running)), started: false };
    }
    log(`starting ${flavour.daemon}`);
    const child = launch(flavour, directory);
    const exited = new Promise<number | null>((resolve) => {
      child.once('exit', (code) => resolve(code));
      child.once('error', () => resolve(null));
    });
    let ended: string | null = null;
    void exited.then((code) => {
      ended = code === null ? `${flavour.daemon} ended` : `${flavour.daemon} ended with ${code}`;
    });
    await ready(socketPath, () => ended).catch(async (error) => {
      throw new Error(`${(error as Error).message}. ${await lastWords(directory)}`, { cause: error });
    });
    return { ...control(flavour, directory, socketPath, child.pid!, exited), started: true };
  } finally {
    held.release();
  }
}

function launch(flavour: Flavour, directory: string): ChildProcess {
  const output = openSync(path.join(directory, 'daemon.log'), 'a', 0o600);
  const child = spawn(flavour.daemon, ['--group', 'root'], {
    env: daemonEnvironment(flavour, directory),
    stdio: ['ignore', output, output],
    detached: true,
    cwd: '/',
  });
  child.unref();
  return child;
}

/** Not ours whole: instances' start scripts and the like inherit it, and it may hold secrets. */
function daemonEnvironment(flavour: Flavour, directory: string): NodeJS.ProcessEnv {
  const kept = ['LANG', 'TZ', 'http_proxy', 'https_proxy', 'no_proxy', 'SSL_CERT_FILE', 'SSL_CERT_DIR'];
  const inherited = Object.fromEntries(
    kept.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])),
  );
  return {
    ...inherited,
    PATH: programPath,
    HOME: '/root',
    [flavour.directoryVariable]: directory,
    [flavour.templateVariable]: templateFolder(directory),
  };
}

async function answeringPid(socketPath: string): Promise<number | null> {
  try {
    const { environment } = await lxdApi<{ environment: { server_pid: number } }>(socketPath, '/1.0', {
      timeoutMs: 5_000,
    });
    return environment.server_pid;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ECONNREFUSED') return null;
    throw new Error(
      `the hypervisor at ${socketPath} is there but doesn't answer: ${(error as Error).message}`,
      { cause: error },
    );
  }
}

/** Until the daemon has loaded its instances and networks. */
async function ready(socketPath: string, ended: () => string | null): Promise<void> {
  const signal = AbortSignal.timeout(readyTimeoutMs);
  let last = 'no answer';
  while (!signal.aborted) {
    const why = ended();
    if (why !== null) throw new Error(why);
    try {
      await lxdApi(socketPath, '/internal/ready', { timeoutMs: 5_000 });
      return;
    } catch (error) {
      last = (error as Error).message;
    }
    await sleep(25);
  }
  throw new Error(`the hypervisor is not ready after ${readyTimeoutMs / 1000} s: ${last}`);
}

async function lastWords(directory: string): Promise<string> {
  const text = await readFile(path.join(directory, 'daemon.log'), 'utf8').catch(() => '');
  return `Its last words: ${text.trim().split('\n').slice(-5).join(' | ')}`;
}

/** For a daemon that isn't our child, and whose end nobody reports. */
async function whenGone(pid: number): Promise<null> {
  while (isAlive(pid)) await sleep(500, undefined, { ref: false });
  return null;
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function control(
  flavour: Flavour,
  directory: string,
  socketPath: string,
  pid: number,
  exited: Promise<number | null>,
) {
  const stop = async () => {
    if (isAlive(pid)) {
      const [command, ...args] = flavour.shutdown;
      const env = daemonEnvironment(flavour, directory);
      await mustRun(command, [...args, '--timeout', String(stopTimeoutSeconds)], { env });
    }
    while (isAlive(pid)) await sleep(25);
  };
  return { socketPath, pid, exited, stop };
}

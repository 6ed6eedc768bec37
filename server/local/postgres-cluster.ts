import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmod,
  chown,
  lchown,
  mkdir,
  open,
  readdir,
  readFile,
  rename,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { OsUser, PostgresPrograms } from './postgres-binaries.ts';

const run = promisify(execFile);

/**
 * What lies in a directory that `startPostgres` keeps:
 * `cluster/` (PostgreSQL's own), `credentials.json` (0600), `port` (the one used last), and the server's log.
 */
export interface Credentials {
  /** Of the bootstrap superuser `postgres`, which only `startPostgres` itself uses. */
  superuserPassword: string;
  /** Of `cloudpact`, the role that everything else uses. */
  password: string;
}

/**
 * On Linux every PostgreSQL process is started with the cluster as its working directory and told to find its
 * data through /proc/self/cwd. So the directories above it needn't be open to the database user: a clone below
 * /root works, and nobody's permissions are changed.
 */
export function clusterArgument(cluster: string): string {
  return process.platform === 'linux' ? '/proc/self/cwd' : cluster;
}

/** Environment of PostgreSQL's processes: nothing of ours (secrets, PG* settings), messages in English. */
const POSTGRES_ENV = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

export async function readCredentials(dir: string): Promise<Credentials | null> {
  const text = await readFile(join(dir, 'credentials.json'), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return null;
    throw error;
  });
  return text === null ? null : (JSON.parse(text) as Credentials);
}

/**
 * Makes `dir/cluster` unless it is there. Killed at any point, it leaves either no cluster or a whole one.
 * @param sync false leaves the flushing to the kernel; only for throw-away clusters.
 */
export async function ensureCluster(
  dir: string,
  programs: PostgresPrograms,
  user: OsUser | null,
  sync: boolean,
): Promise<'made' | 'found'> {
  const cluster = join(dir, 'cluster');
  await mkdir(dir, { recursive: true, mode: 0o711 });
  // The database user passes through it to its own parts and may not list it.
  if (user !== null) await chmod(dir, 0o711);
  if (await exists(cluster)) {
    await takeOver(cluster, user);
    return 'found';
  }
  const credentials: Credentials = { superuserPassword: secret(), password: secret() };
  const fresh = join(dir, 'cluster.new');
  const passwordFile = join(dir, 'initial-password');
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { mode: 0o700 });
  await writeFile(passwordFile, `${credentials.superuserPassword}\n`, { mode: 0o600 });
  if (user !== null) {
    await chown(fresh, user.uid, user.gid);
    await chown(passwordFile, user.uid, user.gid);
  }
  try {
    await initialise(programs, fresh, user, sync);
  } finally {
    await rm(passwordFile, { force: true });
  }
  await writePrivately(join(dir, 'credentials.json'), JSON.stringify(credentials));
  await rename(fresh, cluster);
  return 'made';
}

async function initialise(programs: PostgresPrograms, cluster: string, user: OsUser | null, sync: boolean) {
  const where = clusterArgument(cluster);
  const flags = [
    `--pgdata=${where}`,
    '--username=postgres',
    '--auth=scram-sha-256',
    `--pwfile=${where}/../initial-password`,
    '--encoding=UTF8',
    // Not the machine's locale: the same order of text everywhere, and nothing to reindex after a libc upgrade.
    '--locale=C',
    '--locale-provider=builtin',
    '--builtin-locale=C.UTF-8',
    '--data-checksums',
    ...(sync ? [] : ['--no-sync']),
  ];
  try {
    await run(programs.initdb, flags, { cwd: cluster, env: POSTGRES_ENV, ...user });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    throw new Error(`PostgreSQL could not make its data directory ${cluster}: ${stderr || String(error)}`, {
      cause: error,
    });
  }
}

/** A cluster that another user made, on this machine or another, is handed to the database user by root. */
async function takeOver(cluster: string, user: OsUser | null): Promise<void> {
  const { uid: owner } = await stat(cluster);
  const wanted = user?.uid ?? process.getuid?.() ?? owner;
  if (owner === wanted) return;
  if (user === null) {
    throw new Error(
      `${cluster} belongs to the user with id ${owner}, not to you: it was made by root or someone else. ` +
        'Run as that user, or choose another --data directory.',
    );
  }
  for (const entry of await readdir(cluster, { recursive: true, withFileTypes: true })) {
    await lchown(join(entry.parentPath, entry.name), user.uid, user.gid);
  }
  await lchown(cluster, user.uid, user.gid);
}

/** Starts the postmaster in a session of its own, so that Ctrl-C in our terminal doesn't reach it. */
export async function spawnPostmaster(
  programs: PostgresPrograms,
  cluster: string,
  user: OsUser | null,
  settings: Record<string, string>,
  logFile: string,
) {
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const output = await open(logFile, 'a', 0o600);
  try {
    return spawn(programs.postgres, ['-D', clusterArgument(cluster), ...flags], {
      cwd: cluster,
      env: POSTGRES_ENV,
      detached: true,
      stdio: ['ignore', output.fd, output.fd],
      ...user,
    });
  } finally {
    await output.close();
  }
}

/** What the postmaster wrote about itself; it may be of an earlier, killed one. */
export interface PostmasterFile {
  pid: number;
  port: number;
  ready: boolean;
}

export async function readPostmasterFile(cluster: string): Promise<PostmasterFile | null> {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    },
  );
  // Lines: pid, data directory, start, port, socket directory, listen address, shared memory, status.
  const lines = text.split('\n');
  const pid = Number.parseInt(lines[0] ?? '', 10);
  if (Number.isNaN(pid)) return null;
  return { pid: Math.abs(pid), port: Number(lines[3] ?? 0), ready: lines[7]?.trim() === 'ready' };
}

/** The port used last when it is free, otherwise another free one. */
export async function choosePort(dir: string): Promise<number> {
  const remembered = Number(await readFile(join(dir, 'port'), 'utf8').catch(() => ''));
  if (remembered > 0 && (await freePort(remembered)) !== null) return remembered;
  const port = await freePort(0);
  if (port === null) throw new Error('no free TCP port on 127.0.0.1');
  return port;
}

/** Tries a port of 127.0.0.1 (0: any); the port when it is free, null when it is taken. */
async function freePort(port: number): Promise<number | null> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(null);
      else reject(error);
    });
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address !== null ? address.port : null));
    });
  });
}

/** Writes a file that only its owner reads, whole or not at all. */
export async function writePrivately(path: string, text: string): Promise<void> {
  const partial = `${path}.${process.pid}.partial`;
  const file = await open(partial, 'w', 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(partial, path);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return false;
      throw error;
    },
  );
}

function secret(): string {
  return randomBytes(24).toString('hex');
}

import type { ChildProcess } from 'node:child_process';
import { access, constants, mkdir, readFile, readlink, realpath, rename, rm, stat } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { databaseUser, type OsUser, type PostgresPrograms, postgresPrograms } from './postgres-binaries.ts';
import {
  type Credentials,
  choosePort,
  ensureCluster,
  readCredentials,
  readPostmasterFile,
  spawnPostmaster,
  writePrivately,
} from './postgres-cluster.ts';
import { ensureRoles, OWNER, processesUrl } from './postgres-roles.ts';
import { endOf, exitOf, type Leaves, type Watch, watchOver } from './postgres-watch.ts';
import { endProcess, identifyProcess, type ProcessIdentity } from './supervise-process.ts';

/** Crash recovery of a large database takes its time; a server that says nothing for longer is broken. */
const START_TIMEOUT_MS = 120_000;
const LOG_FILE_LIMIT_BYTES = 20 * 1024 * 1024;

export interface Postgres {
  pid: number;
  identity: ProcessIdentity;
  port: number;
  /** E.g. "18.4". */
  version: string;
  /** True when it was already running (an earlier run was killed) and was taken over. */
  adopted: boolean;
  /** Connection string of a database, by socket or TCP, with the password, as a role that may make databases. */
  url(database: string): string;
  /** The same database for the processes that serve. */
  processesUrl(database: string): string;
  /** As url('postgres'): for CREATE DATABASE and the like. */
  adminUrl: string;
  /** Settles when the server has ended, by whatever cause. */
  exited: Promise<{ reason: string }>;
  /** Ends it cleanly (sessions are cut, everything is written). Any number of calls. */
  stop(): Promise<void>;
}

export interface PostgresOptions {
  /** Made when missing; keeps the cluster, its password and its port. */
  dir: string;
  /** Chosen free, and remembered in `dir`, when not given. */
  port?: number;
  /** postgresql.conf settings, as PostgreSQL writes them. `fsync: 'off'` also makes initdb hurry. */
  settings?: Record<string, string>;
  /** `server` when not given. */
  leaves?: Leaves;
  /** Where the server's own messages go; `dir/server.log` when not given. */
  logFile?: string;
  log(line: string): void;
}

/**
 * Starts the embedded PostgreSQL 18 on 127.0.0.1 and returns once it answers. A server that already runs on
 * `dir` is adopted; one that was killed is recovered. As root it runs as a system user of its own.
 * @throws Error that says what is wrong, with the end of the server's log.
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const dir = resolve(options.dir);
  const settings = options.settings ?? {};
  const user = await databaseUser(options.log);
  const programs = await postgresPrograms(user, options.log);
  const logFile = options.logFile ?? join(dir, 'server.log');
  await mkdir(dirname(logFile), { recursive: true });
  await rotate(logFile);

  const leaves = options.leaves ?? 'server';
  let watch = leaves === 'nothing' ? watchOver(dir, leaves) : null;
  await ensureCluster(dir, programs, user, settings.fsync !== 'off');
  const credentials = await readCredentials(dir);
  if (credentials === null)
    throw new Error(`${join(dir, 'credentials.json')} is missing: the password is lost`);

  const running = await runningPostmaster(dir);
  if (running === null && leaves === 'data') watch = watchOver(dir, leaves);
  const server = running ?? (await launch(dir, options, programs, user, logFile));
  await ensureRoles(server.port, credentials);
  const sockets = await socketsOf(join(dir, 'cluster'), server.port);
  return handle(server, credentials, programs.version, sockets, watch);
}

/** What the kernel takes as the name of a socket, in bytes, without its end. */
const SOCKET_NAME_LIMIT = 103;

/** The directory of its socket where we can use one, which answers in two thirds of the time that TCP takes. */
async function socketsOf(cluster: string, port: number): Promise<string | null> {
  const socket = join(cluster, `.s.PGSQL.${port}`);
  if (Buffer.byteLength(socket) > SOCKET_NAME_LIMIT) return null;
  return access(socket, constants.R_OK | constants.W_OK).then(
    () => cluster,
    () => null,
  );
}

interface RunningServer {
  identity: ProcessIdentity;
  port: number;
  child: ChildProcess | null;
}

/**
 * The live postmaster of this cluster, if any. A pid file whose process is gone, or is somebody else's by now
 * (pids are used again), is removed: PostgreSQL itself would refuse to start for the second.
 */
async function runningPostmaster(dir: string): Promise<RunningServer | null> {
  const cluster = join(dir, 'cluster');
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (true) {
    const file = await readPostmasterFile(cluster);
    if (file === null) return null;
    const identity = await identifyProcess(file.pid);
    if (identity === null || !(await worksIn(file.pid, cluster))) {
      await rm(join(cluster, 'postmaster.pid'), { force: true });
      return null;
    }
    if (file.ready) return { identity, port: file.port, child: null };
    if (performance.now() > deadline) {
      throw new Error(`PostgreSQL (process ${file.pid}) is neither up nor down; end it and try again`);
    }
    // It is starting or stopping.
    await sleep(50);
  }
}

/** Whether a process is the postmaster of this cluster; without /proc the pid alone has to do. */
async function worksIn(pid: number, cluster: string): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  const [cwd, program] = await Promise.all([
    readlink(`/proc/${pid}/cwd`).catch(() => ''),
    readFile(`/proc/${pid}/comm`, 'utf8').catch(() => ''),
  ]);
  return cwd === (await realpath(cluster)) && program.trim() === 'postgres';
}

async function launch(
  dir: string,
  options: PostgresOptions,
  programs: PostgresPrograms,
  user: OsUser | null,
  logFile: string,
): Promise<RunningServer> {
  let failure = '';
  // A free port can be taken between our probe and PostgreSQL's bind; and the last processes of a killed server
  // may hold its shared memory for a moment.
  for (let attempt = 1; attempt <= 5; attempt += 1) {
    const port = options.port ?? (await choosePort(dir));
    const logged = await size(logFile);
    const child = await spawnPostmaster(
      programs,
      join(dir, 'cluster'),
      user,
      baseSettings(port, options),
      logFile,
    );
    const server = await awaitReady(child, dir, port);
    if (server !== null) {
      await writePrivately(join(dir, 'port'), String(port));
      return server;
    }
    failure = (await readFile(logFile, 'utf8').catch(() => '')).slice(logged);
    const lostPort = options.port === undefined && failure.includes('Address already in use');
    if (!lostPort && !failure.includes('pre-existing shared memory')) break;
    await sleep(200 * attempt);
  }
  throw new Error(`PostgreSQL didn't start:\n${failure.trim().split('\n').slice(-12).join('\n')}`);
}

function baseSettings(port: number, options: PostgresOptions): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    port: String(port),
    // In the cluster itself, which nobody but its user and root may enter.
    unix_socket_directories: '.',
    max_connections: '200',
    timezone: 'UTC',
    log_timezone: 'UTC',
    shared_buffers: sharedBuffers(totalmem()),
    // Room for a burst of writes, such as a day on which much falls due, without a checkpoint every few seconds; and
    // what PostgreSQL writes of whole pages after each checkpoint is smaller. Not more: after a crash all of it is
    // read again before anybody gets in.
    max_wal_size: '2GB',
    wal_compression: 'on',
    // Of a solid-state disk: a key in an index costs no more than a page of a table.
    random_page_cost: '1.1',
    ...options.settings,
  };
}

const MIB = 1024 * 1024;

/** An eighth of the memory, between PostgreSQL's own default and what helps no further at this size of machine. */
function sharedBuffers(memory: number): string {
  return `${Math.min(2_048, Math.max(128, Math.floor(memory / 8 / MIB)))}MB`;
}

/** The server once it takes connections; null when it ended instead. */
async function awaitReady(child: ChildProcess, dir: string, port: number): Promise<RunningServer | null> {
  let failed: Error | null = null;
  let ended = false;
  child.once('error', (error) => {
    failed = error;
  });
  child.once('exit', () => {
    ended = true;
  });
  const deadline = performance.now() + START_TIMEOUT_MS;
  while (!ended) {
    if (failed !== null) throw new Error(`PostgreSQL's program can't be run: ${String(failed)}`);
    const file = await readPostmasterFile(join(dir, 'cluster'));
    if (file?.ready === true && file.pid === child.pid) {
      const identity = await identifyProcess(file.pid);
      return identity === null ? null : { identity, port, child };
    }
    if (performance.now() > deadline) {
      child.kill('SIGQUIT');
      throw new Error(`PostgreSQL wasn't ready after ${START_TIMEOUT_MS / 1000} s; see its log`);
    }
    await sleep(10);
  }
  return null;
}

function handle(
  server: RunningServer,
  credentials: Credentials,
  version: string,
  sockets: string | null,
  watched: Watch | null,
): Postgres {
  const { identity, port, child } = server;
  const by = sockets === null ? '' : `?host=${encodeURIComponent(sockets)}`;
  const url = (database: string) =>
    `postgres://${OWNER}:${credentials.password}@127.0.0.1:${port}/${encodeURIComponent(database)}${by}`;
  let stopping: Promise<void> | null = null;
  let exited: Promise<{ reason: string }> | null = null;
  // Fast shutdown; and if a session won't end, immediate shutdown, from which it recovers at the next start.
  const stop = async () => {
    await endProcess(identity, [
      { signal: 'SIGINT', timeoutMs: 30_000 },
      { signal: 'SIGQUIT', timeoutMs: 10_000 },
    ]);
    watched?.done();
  };
  return {
    pid: identity.pid,
    identity,
    port,
    version,
    adopted: child === null,
    url,
    processesUrl: (database) => processesUrl(url(database)),
    adminUrl: url('postgres'),
    // Watching an adopted one keeps this process going, so it begins when somebody wants to know.
    get exited() {
      exited ??= child === null ? endOf(identity) : exitOf(child);
      return exited;
    },
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}

/** Makes a database unless it is there. */
export async function ensureDatabase(postgres: Postgres, name: string): Promise<void> {
  const client = new pg.Client({ connectionString: postgres.adminUrl });
  await client.connect();
  try {
    const found = await client.query('select 1 from pg_database where datname = $1', [name]);
    if (found.rowCount === 0) await client.query(`create database ${client.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
}

async function rotate(logFile: string): Promise<void> {
  if ((await size(logFile)) > LOG_FILE_LIMIT_BYTES) await rename(logFile, `${logFile}.1`);
}

async function size(path: string): Promise<number> {
  return stat(path).then(
    (file) => file.size,
    () => 0,
  );
}

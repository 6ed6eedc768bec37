import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { ensureDatabase, type Postgres, startPostgres } from '#server/local/postgres.ts';
import { PROCESSES } from '#server/local/postgres-roles.ts';
import { type Running, type Supervised, supervise } from '#server/local/supervise.ts';
import type { Lock } from '#server/local/supervise-lock.ts';
import { identifyProcess } from '#server/local/supervise-process.ts';
import { type Login, type ServerProcess, startServer } from '#server/local/supervise-server.ts';
import {
  makeDataDir,
  type PartName,
  type RunState,
  readRunState,
  removeRunState,
  writeRunState,
} from '#server/local/supervise-state.ts';
import { migrateFor } from '#server/schema.ts';
import { CommandError } from './command.ts';
import { checkOutsideDatabase, databaseLabel, databaseRole } from './database.ts';
import { endLeftoverServer } from './leftovers.ts';
import { type HypervisorPart, type Nodes, prepareNodes } from './nodes.ts';
import { during, type Progress } from './progress.ts';

export const DATABASE = 'cloudpact';
const READY_TIMEOUT_MS = 120_000;

export interface RunSettings {
  dataDir: string;
  host: string;
  port: number;
  simulated: boolean;
  /** The operator's environment: DATABASE_URL, CLOUDPACT_*, and whatever else the server is to see. */
  env: Record<string, string | undefined>;
  /** Program and arguments of the server process, and where it runs. */
  serverCommand: [string, ...string[]];
  serverDir: string;
  buildConsole(): Promise<'built' | 'unchanged'>;
}

export interface Started {
  url: string;
  logins: Login[];
  nodes: Nodes;
  /** Ends all parts in order: the server, the hypervisor, the database. */
  stop(): Promise<void>;
}

/**
 * Starts every part and keeps it running. The caller holds the data directory's lock, and gets it back by stop().
 * @param cancelled aborted by Ctrl-C: what has been started by then is stopped, and the promise rejects.
 * @throws CommandError; nothing is left running then.
 */
export async function startAll(
  settings: RunSettings,
  held: Lock,
  progress: Progress,
  cancelled: AbortSignal,
): Promise<Started> {
  makeDataDir(settings.dataDir);
  await endLeftoverServer(settings.dataDir, (line) => progress.note(line));
  await requireFreePort(settings.host, settings.port);
  const run = await Run.begin(settings, progress, cancelled);
  const stop = async () => {
    await run.stop();
    held.release();
  };
  try {
    const begun = await allSettledOrThrow([
      run.startDatabase(),
      run.startNodes(),
      during(progress, 'console', async (step) => step.done(await settings.buildConsole())),
    ]);
    cancelled.throwIfAborted();
    const server = await run.startServer(begun[0], begun[1].file);
    cancelled.throwIfAborted();
    run.ready(server.url);
    return { url: server.url, logins: server.logins, nodes: begun[1], stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** As Promise.all, but waits for all before it throws: nothing may be starting behind our back when we stop. */
async function allSettledOrThrow<A, B, C>(work: [Promise<A>, Promise<B>, Promise<C>]): Promise<[A, B, C]> {
  await Promise.allSettled(work);
  return Promise.all(work);
}

/** The parts of one run, and what run.json says about them. */
class Run {
  readonly #settings: RunSettings;
  readonly #progress: Progress;
  readonly #state: RunState;
  readonly #stopping = new AbortController();
  /** Aborted by Ctrl-C and by stop(). */
  readonly #ending: AbortSignal;
  #server: Supervised<ServerProcess> | null = null;
  #nodes: Nodes | null = null;
  #postgres: Supervised<Postgres> | null = null;

  private constructor(settings: RunSettings, progress: Progress, state: RunState, cancelled: AbortSignal) {
    this.#ending = AbortSignal.any([this.#stopping.signal, cancelled]);
    this.#settings = settings;
    this.#progress = progress;
    this.#state = state;
    this.#write();
  }

  static async begin(settings: RunSettings, progress: Progress, cancelled: AbortSignal): Promise<Run> {
    const supervisor = await identifyProcess(process.pid);
    if (supervisor === null) throw new Error('this process is not to be found in the process list');
    // What an earlier run left running is still ours to stop if this one fails.
    const parts = readRunState(settings.dataDir)?.parts ?? {};
    return new Run(settings, progress, { supervisor, phase: 'starting', url: null, parts }, cancelled);
  }

  async startDatabase(): Promise<string> {
    const outside = this.#settings.env.DATABASE_URL;
    if (outside) {
      return during(this.#progress, 'database', async (step) => {
        const version = await checkOutsideDatabase(outside);
        const owner = this.#settings.env.DATABASE_OWNER_URL;
        if (owner) await migrateFor(databaseRole(outside), owner);
        const detail = `PostgreSQL ${version}, ${databaseLabel(outside)}`;
        this.#state.parts.postgres = { identity: null, detail, restarts: 0, elsewhere: true };
        step.done(detail);
        return outside;
      });
    }
    return during(this.#progress, 'database', async (step) => {
      const dir = join(this.#settings.dataDir, 'postgres');
      const logFile = join(this.#settings.dataDir, 'logs/postgres.log');
      if (!existsSync(join(dir, 'cluster'))) step.detail('making its files');
      // The server was told the port: a restart may not choose another one.
      let port: number | undefined;
      const start = async () => {
        const log = (line: string) => (port === undefined ? step.detail(line) : this.#progress.note(line));
        const started = await startPostgres({ dir, logFile, log, ...(port === undefined ? {} : { port }) });
        port = started.port;
        return started;
      };
      this.#postgres = await this.#keep('postgres', start, postgresLabel);
      const postgres = this.#postgres.current();
      if (postgres === null)
        throw new CommandError('PostgreSQL ended as soon as it had started; see its log');
      await ensureDatabase(postgres, DATABASE);
      step.done(
        `PostgreSQL 18 on 127.0.0.1:${postgres.port}${postgres.adopted ? ', which was running already' : ''}`,
      );
      await migrateFor(PROCESSES, postgres.url(DATABASE));
      return postgres.processesUrl(DATABASE);
    });
  }

  async startNodes(): Promise<Nodes> {
    const { dataDir, simulated, env } = this.#settings;
    const log = (line: string) => this.#progress.note(line);
    const changed = this.#recorder<HypervisorPart>('hypervisor', (part) => part.product);
    const operatorFile = env.CLOUDPACT_NODES_FILE;
    this.#nodes = await prepareNodes({ dataDir, simulated, operatorFile, log, changed }, this.#progress);
    const hypervisor = this.#nodes.hypervisor;
    if (hypervisor === null) {
      this.#state.parts.hypervisor = {
        identity: null,
        detail: this.#nodes.label,
        restarts: 0,
        elsewhere: true,
      };
    }
    return this.#nodes;
  }

  async startServer(databaseUrl: string, nodesFile: string): Promise<ServerProcess> {
    const { env, host, port, dataDir, serverCommand, serverDir } = this.#settings;
    const start = () =>
      startServer({
        command: serverCommand,
        cwd: serverDir,
        env: {
          ...env,
          DATABASE_URL: databaseUrl,
          // What serves never has what may change the schema.
          DATABASE_OWNER_URL: undefined,
          HOST: host,
          PORT: String(port),
          CLOUDPACT_DATA_DIR: dataDir,
          CLOUDPACT_NODES_FILE: nodesFile,
        },
        logFile: join(dataDir, 'logs/server.log'),
        readyTimeoutMs: READY_TIMEOUT_MS,
        cancelled: this.#ending,
      });
    return during(this.#progress, 'server', async (step) => {
      this.#server = await this.#keep('server', start, (part) => part.url).catch((error: Error) => {
        this.#ending.throwIfAborted();
        throw new CommandError(error.message, { cause: error });
      });
      const server = this.#server.current();
      if (server === null)
        throw new CommandError('the server ended as soon as it was ready; see logs/server.log');
      step.done(server.url);
      return server;
    });
  }

  ready(url: string): void {
    this.#state.phase = 'ready';
    this.#state.url = url;
    this.#write();
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#state.phase = 'stopping';
    this.#write();
    await this.#server?.stop();
    await this.#nodes?.hypervisor?.stop();
    await this.#postgres?.stop();
    removeRunState(this.#settings.dataDir);
  }

  #keep<Part extends Running>(
    name: PartName,
    start: () => Promise<Part>,
    detail: (part: Part) => string,
  ): Promise<Supervised<Part>> {
    return supervise({
      name,
      start,
      log: (line) => this.#progress.note(line),
      changed: this.#recorder(name, detail),
    });
  }

  #recorder<Part extends Running>(name: PartName, detail: (part: Part) => string) {
    return (part: Part | null, restarts: number) => {
      const known = this.#state.parts[name]?.detail ?? '';
      const identity = part?.identity ?? null;
      this.#state.parts[name] = { identity, detail: part === null ? known : detail(part), restarts };
      this.#write();
    };
  }

  #write(): void {
    writeRunState(this.#settings.dataDir, this.#state);
  }
}

function postgresLabel({ version, port }: Postgres): string {
  return `PostgreSQL ${version} on 127.0.0.1:${port}`;
}

/** Fails early and clearly, rather than by the server's own end after all else was started. */
async function requireFreePort(host: string, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => reject(portProblem(error, host, port)));
    probe.listen({ host, port, exclusive: true }, () => probe.close(() => resolve()));
  });
}

function portProblem(error: NodeJS.ErrnoException, host: string, port: number): Error {
  if (error.code === 'EADDRINUSE') {
    return new CommandError(`port ${port} is taken by another program; choose one with --port N`);
  }
  if (error.code === 'EACCES') {
    return new CommandError(`port ${port} is for root alone; choose one from 1024 with --port N`);
  }
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND') {
    return new CommandError(`this machine has no address ${host} to listen on (--host)`);
  }
  return error;
}

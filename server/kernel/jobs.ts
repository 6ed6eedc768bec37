import { type Runner, run, type TaskList } from 'graphile-worker';
import { sql } from 'kysely';
import pg from 'pg';
import type { Logger } from 'pino';
import type { Db, Tx } from './db.ts';
import { Leases } from './leases.ts';

/** Background work: graphile-worker, enqueued inside the verb's transaction, so that it exists exactly if the act does. */

export interface JobInfo {
  /** 1 at the first try. */
  attempt: number;
  last: boolean;
}

/** Must be safe to run twice: a worker may die between its effect and its end. Throws to be tried again later. */
export type JobHandler = (payload: unknown, info: JobInfo) => Promise<void>;
export type JobTable = Record<string, JobHandler>;

export interface EnqueueOptions {
  /** At most one waiting job with this key; a newer one replaces it. */
  key?: string;
  /** Jobs of one queue run one after another. */
  queue?: string;
  maxAttempts?: number;
}

export async function enqueue(
  tx: Tx,
  name: string,
  payload: unknown,
  options: EnqueueOptions = {},
): Promise<void> {
  await sql`select graphile_worker.add_job(${name}, ${JSON.stringify(payload)}::json,
    max_attempts := ${options.maxAttempts ?? 25}, job_key := ${options.key ?? null}, queue_name := ${options.queue ?? null})`.execute(
    tx,
  );
}

/** The same for many at once, in one round trip. */
export async function enqueueAll(
  tx: Tx,
  name: string,
  payloads: unknown[],
  options: { maxAttempts?: number } = {},
): Promise<void> {
  if (payloads.length === 0) return;
  await sql`select graphile_worker.add_jobs(array(
    select row(${name}, p, null, null, ${options.maxAttempts ?? 25}, null, null, null)::graphile_worker.job_spec
    from unnest(${payloads.map((payload) => JSON.stringify(payload))}::json[]) p))`.execute(tx);
}

/** The same for jobs that each have a key and a queue. */
export async function enqueueKeyed(
  tx: Tx,
  name: string,
  jobs: { payload: unknown; key: string; queue: string }[],
): Promise<void> {
  if (jobs.length === 0) return;
  await sql`select count(*) from graphile_worker.add_jobs(array(
    select row(${name}, j.payload, j.queue, null, 25, j.key, null, null)::graphile_worker.job_spec
    from unnest(${jobs.map(({ payload }) => JSON.stringify(payload))}::json[], ${jobs.map(({ queue }) => queue)}::text[],
      ${jobs.map(({ key }) => key)}::text[]) as j (payload, queue, key)))`.execute(tx);
}

export interface JobRunner {
  stop(): Promise<void>;
}

export async function startJobs(
  url: string,
  table: JobTable,
  log: Logger,
  concurrency = 8,
): Promise<JobRunner> {
  const pool = new pg.Pool({ connectionString: url, max: concurrency + 2 });
  const lost = (error: Error) => log.warn({ err: error.message }, 'job pool lost a connection');
  pool.on('error', lost);
  pool.on('connect', (client) => client.on('error', lost));
  const leases = await Leases.open(url, log);
  const runner: Runner = await run({
    pgPool: pool,
    taskList: taskList(table, log),
    concurrency,
    noHandleSignals: true,
    pollInterval: 2_000,
    parsedCronItems: [],
    events: leases.events,
    logger: quietLogger(log),
  });
  // A runner that can't go on takes the process with it; the supervisor starts a new one.
  let stopping = false;
  runner.promise.catch((error: unknown) => {
    if (stopping) return;
    log.fatal({ err: error }, 'job runner died');
    process.exitCode = 1;
    process.kill(process.pid, 'SIGTERM');
  });
  return {
    async stop() {
      stopping = true;
      await runner.stop();
      await leases.close();
      await pool.end();
    },
  };
}

function taskList(table: JobTable, log: Logger): TaskList {
  return Object.fromEntries(
    Object.entries(table).map(([name, handler]) => [
      name,
      async (payload: unknown, helpers) => {
        const { attempts, max_attempts, id } = helpers.job;
        try {
          await handler(payload, { attempt: attempts, last: attempts >= max_attempts });
        } catch (error) {
          const message = error instanceof Error ? error.message : String(error);
          log.warn({ job: name, job_id: id, attempt: attempts, err: message }, 'job failed');
          throw error;
        }
      },
    ]),
  );
}

/** graphile-worker's own lines are chatter, but for its errors. */
function quietLogger(log: Logger) {
  return {
    scope: () => quietLogger(log),
    log: () => undefined,
    error: (message: string) => log.error({ from: 'graphile-worker' }, message),
    warn: (message: string) => log.warn({ from: 'graphile-worker' }, message),
    info: () => undefined,
    debug: () => undefined,
  } as never;
}

/** Jobs that could run now or are running; 0 when all work that is due has been done. */
export async function jobsPending(db: Db): Promise<number> {
  const { rows } = await sql<{ n: bigint }>`select count(*) as n from graphile_worker.jobs
    where attempts < max_attempts and (run_at <= now() or locked_at is not null)`.execute(db);
  return Number(rows[0]?.n ?? 0);
}

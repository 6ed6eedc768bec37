import { EventEmitter } from 'node:events';
import type { WorkerEvents } from 'graphile-worker';
import pg from 'pg';
import type { Logger } from 'pino';

/** The class of our advisory locks, so that they meet no others. */
const CLASS = 712_240;

/**
 * A worker killed in the middle leaves its jobs locked for hours. Each worker therefore holds an advisory
 * lock while it lives; whoever finds a job locked by a worker without one gives that job back (F02).
 */
export class Leases {
  readonly events = new EventEmitter() as WorkerEvents;
  readonly #client: pg.Client;
  #last: Promise<unknown> = Promise.resolve();
  #timer: NodeJS.Timeout | null = null;

  private constructor(client: pg.Client, lost: (error: Error) => void) {
    this.#client = client;
    this.events.on('worker:create', ({ worker }) => {
      this.#ask('select pg_advisory_lock($1, hashtext($2))', worker.workerId, lost);
    });
    this.events.on('worker:stop', ({ worker }) => {
      this.#ask('select pg_advisory_unlock($1, hashtext($2))', worker.workerId, lost);
    });
  }

  /** One after another on the one connection. */
  #ask(text: string, workerId: string, lost: (error: Error) => void): void {
    this.#last = this.#last.then(() => this.#client.query(text, [CLASS, workerId])).catch(lost);
  }

  static async open(url: string, log: Logger): Promise<Leases> {
    const client = new pg.Client({ connectionString: url });
    // Without its lock a worker looks dead to others: better to be dead, and started again.
    const lost = (error: Error) => {
      log.fatal({ err: error.message }, 'job leases lost');
      process.exitCode = 1;
      process.kill(process.pid, 'SIGTERM');
    };
    client.on('error', lost);
    await client.connect();
    const leases = new Leases(client, lost);
    leases.#timer = setInterval(() => {
      leases.#last = leases.#last
        .then(() => leases.releaseOrphans())
        .catch((error: Error) => log.warn({ err: error.message }, 'orphaned jobs not released'));
    }, 3_000);
    leases.#timer.unref();
    return leases;
  }

  /** Gives back jobs whose worker is gone. Five seconds cover the instant between a worker's start and its lock. */
  async releaseOrphans(): Promise<string[]> {
    const { rows } = await this.#client.query<{ locked_by: string }>(
      `select locked_by from (select distinct locked_by from graphile_worker.jobs
         where locked_at < now() - interval '5 seconds') held
       where not exists (select from pg_locks where locktype = 'advisory' and granted
         and database = (select oid from pg_database where datname = current_database())
         and classid::bigint = $1 and objid::bigint = hashtext(locked_by)::bigint & 4294967295)`,
      [CLASS],
    );
    const dead = rows.map((row) => row.locked_by);
    if (dead.length > 0) await this.#client.query('select graphile_worker.force_unlock_workers($1)', [dead]);
    return dead;
  }

  async close(): Promise<void> {
    if (this.#timer) clearInterval(this.#timer);
    await this.#last;
    await this.#client.end();
  }
}

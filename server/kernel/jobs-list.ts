import { sql } from 'kysely';
import type { Db, Tx } from './db.ts';

/** What staff see of the queue: what failed first, then what waits. */
export async function jobList(db: Db) {
  const { rows } = await sql<{
    id: bigint;
    task_identifier: string;
    attempts: number;
    max_attempts: number;
    last_error: string | null;
    run_at: Date;
  }>`select id, task_identifier, attempts, max_attempts, last_error, run_at from graphile_worker.jobs
    order by (attempts >= max_attempts) desc, (last_error is not null) desc, run_at desc limit 100`.execute(
    db,
  );
  return rows.map(({ id, task_identifier: name, attempts, max_attempts, last_error, run_at }) => ({
    id: String(id),
    name,
    attempts,
    max_attempts,
    // The first line says what; stacks are for the log.
    last_error: last_error?.split('\n')[0]?.slice(0, 300) ?? null,
    run_at: run_at.toISOString(),
    failed: attempts >= max_attempts,
  }));
}

export async function jobsFailed(db: Db): Promise<number> {
  const { rows } = await sql<{ n: bigint }>`select count(*) as n from graphile_worker.jobs
    where attempts >= max_attempts`.execute(db);
  return Number(rows[0]?.n ?? 0n);
}

/** Has a job tried again now, with all its attempts. False when there is none, or it is running. */
export async function jobRetry(tx: Tx, id: string): Promise<boolean> {
  const { rows } =
    await sql`select id from graphile_worker.reschedule_jobs(array[${id}::bigint], run_at := now(), attempts := 0)`.execute(
      tx,
    );
  return rows.length > 0;
}

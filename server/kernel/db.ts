import { Kysely, PostgresDialect, sql, type Transaction } from 'kysely';
import pg from 'pg';
import { isOutdatedPlan, preparing } from './prepared.ts';

/** Row types of all tables; each room adds its own by `declare module '#kernel/db.ts' { interface Tables { … } }`. */
// biome-ignore lint/suspicious/noEmptyInterface: rooms extend it
export interface Tables {}

export type Db = Kysely<Tables>;
export type Tx = Transaction<Tables>;

const INT8 = 20;
const DATE = 1082;
/** 64-bit integers are bigint, never a rounded number; dates stay text. */
const types = {
  getTypeParser(oid: number, format?: 'text' | 'binary') {
    if (oid === INT8) return BigInt;
    if (oid === DATE) return (value: string) => value;
    return pg.types.getTypeParser(oid, format);
  },
} as pg.CustomTypesConfig;

export interface Pools {
  db: Db;
  pool: pg.Pool;
  close(): Promise<void>;
}

export function connect(url: string, size: number): Pools {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    // A pool that is exhausted answers 503 at once rather than piling up (F14).
    connectionTimeoutMillis: 3_000,
    idleTimeoutMillis: 30_000,
    types,
  });
  // Connections break when PostgreSQL restarts, idle ones and those between two statements of a transaction. The pool
  // replaces them, and whoever used one is told by its next statement; without a listener the process would die (F03).
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  const db = new Kysely<Tables>({ dialect: new PostgresDialect({ pool: preparing(pool) }) });
  return { db, pool, close: () => db.destroy() };
}

/** Only edges (routes, jobs, sweeps, CLI) call this. Deadlocks and serialisation failures are tried again, a few times (F15). */
export async function transact<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  const attempts = 4;
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.transaction().execute(work);
    } catch (error) {
      if (attempt === attempts || !isTransient(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10 * 2 ** attempt));
    }
  }
}

/** Several reads of one moment: nothing that commits in between is half seen. */
export function transactReading<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  return db.transaction().setIsolationLevel('repeatable read').setAccessMode('read only').execute(work);
}

function sqlState(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? error.code : undefined;
}

function isTransient(error: unknown): boolean {
  const code = sqlState(error);
  return code === '40001' || code === '40P01' || isOutdatedPlan(error);
}

/** The name of the unique or check constraint that refused a write, if that is what happened. */
export function violated(error: unknown): string | null {
  if (!(error instanceof pg.DatabaseError)) return null;
  return error.code?.startsWith('23') ? (error.constraint ?? null) : null;
}

/** PostgreSQL can't be reached, or has no connection left: 503, try again. */
export function isUnreachable(error: unknown): boolean {
  const code = sqlState(error) ?? (error as { code?: string } | null)?.code ?? '';
  const message = error instanceof Error ? error.message : '';
  return (
    ['ECONNREFUSED', 'ECONNRESET', 'ENOENT', 'EPIPE', '57P01', '57P02', '57P03', '53300'].includes(code) ||
    /timeout exceeded when trying to connect|Connection terminated|connection error and is not queryable/i.test(
      message,
    )
  );
}

/** Tells listeners of `topic` after commit that something changed; carries no data. */
export async function signal(tx: Tx, topic: string): Promise<void> {
  await sql`select pg_notify('cloudpact', ${topic})`.execute(tx);
}

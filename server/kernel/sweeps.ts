import { setTimeout } from 'node:timers/promises';
import { type RawBuilder, sql } from 'kysely';
import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { Db, Tables } from './db.ts';

/** A query of one value: an instant, or null. */
export type DueQuery = RawBuilder<Date | null>;

/**
 * A sweep does all that is due by its business dates, whether it became due now or while nobody ran.
 * Two schedulers at once are harmless: rows are taken with SKIP LOCKED (F24).
 */
export interface Sweep {
  name: string;
  /** How often the worker looks, in seconds. */
  everySeconds: number;
  /**
   * The earliest business date that waits for this sweep, past or future; null when nothing waits. A query (`earliest`)
   * where one can say it: those of all sweeps are asked together.
   */
  nextDue: DueQuery | ((db: Db) => Promise<Date | null>);
  /** Handles one bounded batch of what is due at `now`, in transactions of its own. Returns how many; 0 when done. */
  run(now: Date): Promise<number>;
}

export interface SweepLoop {
  stop(): Promise<void>;
}

/** The earliest instant in a column. */
export function earliest(
  table: keyof Tables & string,
  column: string,
  where: RawBuilder<unknown> = sql`true`,
): DueQuery {
  return sql`select min(${sql.ref(`t.${column}`)}) from ${sql.table(table)} t where ${where}`;
}

/** When each of these sweeps is due next, in their order: what queries say in one round trip. */
export async function duesOf(db: Db, sweeps: readonly Sweep[]): Promise<(Date | null)[]> {
  const said = sweeps.map(({ nextDue }) => (typeof nextDue === 'function' ? nextDue(db) : null));
  const queries = sweeps.flatMap(({ nextDue }) => (typeof nextDue === 'function' ? [] : [nextDue]));
  const { rows } = await sql<{ dues: (Date | null)[] }>`select
    array[${sql.join([sql`null::timestamptz`, ...queries.map((query) => sql`(${query})`)])}] as dues`.execute(
    db,
  );
  const asked = rows[0]!.dues.slice(1);
  return Promise.all(said.map((due) => (due === null ? asked.shift()! : due)));
}

/** Those of the brands that the query (of a column `brand`) finds something due for; the others cost no transaction. */
export async function brandsDue<B extends { id: string }>(
  db: Db,
  brands: readonly B[],
  query: RawBuilder<unknown>,
): Promise<B[]> {
  const { rows } = await sql<{ brand: string }>`${query}`.execute(db);
  const due = new Set(rows.map(({ brand }) => brand));
  return brands.filter(({ id }) => due.has(id));
}

/** Runs one sweep until nothing is due any more. */
export async function sweepAll(sweep: Sweep, now: Date): Promise<number> {
  let total = 0;
  for (;;) {
    const handled = await sweep.run(now);
    if (handled === 0) return total;
    total += handled;
  }
}

/** Looks at the outside world again and again, by the real clock; no business date waits for it. */
export interface Patrol {
  name: string;
  everySeconds: number;
  run(): Promise<void>;
}

export function startSweeps(sweeps: Sweep[], patrols: Patrol[], clock: Clock, log: Logger): SweepLoop {
  const stop = new AbortController();
  const repeat = async (name: string, everySeconds: number, work: () => Promise<void>) => {
    while (!stop.signal.aborted) {
      await work().catch((error: unknown) =>
        log.error({ sweep: name, err: error }, 'failed; it is tried again'),
      );
      await setTimeout(everySeconds * 1_000, undefined, { signal: stop.signal }).catch(() => undefined);
    }
  };
  const loops = [
    ...sweeps.map((sweep) =>
      repeat(sweep.name, sweep.everySeconds, async () => {
        const handled = await sweepAll(sweep, clock.now());
        if (handled > 0) log.info({ sweep: sweep.name, handled }, 'swept');
      }),
    ),
    ...patrols.map((patrol) => repeat(patrol.name, patrol.everySeconds, () => patrol.run())),
  ];
  return {
    async stop() {
      stop.abort();
      await Promise.all(loops);
    },
  };
}

import { sql } from 'kysely';
import type { House } from './house.ts';
import type { Sweep } from './sweeps.ts';
import { addMs } from './time.ts';

/** Rows that are of no use once their time is over. */
export interface KeptAWhile {
  name: string;
  table: string;
  /** Indexed: from when the time counts, or when it is over. */
  column: string;
  /** How long after that they are kept; 0 where the column says the end. */
  keptMs: number;
  everySeconds: number;
}

const BATCH = 5_000;

/** A sweep that removes them, in bounded batches (F67). Rows that somebody holds are left for the next look. */
export function forgetSweep(house: House, { name, everySeconds, ...kept }: KeptAWhile): Sweep {
  const table = sql.table(kept.table);
  const column = sql.ref(kept.column);
  return {
    name,
    everySeconds,
    nextDue: sql`select min(${column}) + ${kept.keptMs / 1_000} * interval '1 second' from ${table}`,
    run: async (now) => {
      const { numAffectedRows = 0n } = await sql`delete from ${table} where ctid = any (array(
        select ctid from ${table} where ${column} <= ${addMs(now, -kept.keptMs)}
        order by ${column} limit ${BATCH} for update skip locked))`.execute(house.db);
      return Number(numAffectedRows);
    },
  };
}

import { type RawBuilder, sql } from 'kysely';
import type { Ctx } from './ctx.ts';
import { type Db, isUnreachable, type Tables, type Tx, transact } from './db.ts';
import { type House, systemCtx } from './house.ts';
import { earliest, type Sweep } from './sweeps.ts';

/** A sweep for rows that are few and each much work: one transaction for each. */
export interface RowWork<Row> {
  name: string;
  /** Has `brand`; `t` in the condition. */
  table: keyof Tables & string;
  /** What names a row; `id` where nothing is said. */
  key?: string;
  /** When a row is due. */
  column: string;
  /** Of which rows that instant counts. */
  where: RawBuilder<unknown>;
  /** `row`: it is taken with its lock, somebody else's is left to them. `verb`: the verb locks in its own order. */
  lock: 'row' | 'verb';
  verb: (tx: Tx, ctx: Ctx, row: Row) => Promise<void>;
}

const BATCH = 100;

/** One that can't be handled must not keep the others; it is tried again when all others are done. */
export function rowSweep<Row extends { brand: string }>(house: House, work: RowWork<Row>): Sweep {
  const { name, table, column, where, verb } = work;
  const seen = new Set<string>();
  return {
    name,
    everySeconds: 10,
    nextDue: earliest(table, column, where),
    run: async (now) => {
      const due = await dueNow(house.db, work, now, [...seen]);
      for (const { id, brand } of due) {
        seen.add(id);
        const ctx = { ...systemCtx(house, brand, name), now };
        try {
          await transact(house.db, async (tx) => {
            const row = await again<Row>(tx, work, now, id);
            if (row) await verb(tx, ctx, row);
          });
        } catch (error) {
          if (isUnreachable(error)) throw error;
          house.log.error({ brand, id, sweep: name, err: error }, 'could not be handled');
        }
      }
      if (due.length === 0) seen.clear();
      return due.length;
    },
  };
}

async function dueNow<Row>(
  db: Db,
  { table, key = 'id', column, where }: RowWork<Row>,
  now: Date,
  except: string[],
): Promise<{ id: string; brand: string }[]> {
  const { rows } = await sql<{ id: string; brand: string }>`select ${sql.ref(`t.${key}`)} as id, t.brand
    from ${sql.table(table)} t
    where ${sql.ref(column)} <= ${now} and ${where} and ${sql.ref(`t.${key}`)} <> all(${except}::uuid[])
    order by ${sql.ref(column)}, id limit ${BATCH}`.execute(db);
  return rows;
}

/** The row if it is still due. */
async function again<Row>(
  tx: Tx,
  { table, key = 'id', column, where, lock }: RowWork<Row>,
  now: Date,
  id: string,
): Promise<Row | undefined> {
  const locked = lock === 'row' ? sql`for update of t skip locked` : sql``;
  const { rows } = await sql<Row>`select t.* from ${sql.table(table)} t
    where ${sql.ref(`t.${key}`)} = ${id} and ${sql.ref(column)} <= ${now} and ${where} ${locked}`.execute(tx);
  return rows[0];
}

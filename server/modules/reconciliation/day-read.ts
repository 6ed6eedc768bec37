import type { Selectable } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import type { BillChannel, DayTable, FindingTable } from './tables.ts';
import './tables.ts';

export type Day = Selectable<DayTable> & { open: number };
export type FindingRow = Selectable<FindingTable>;

/** Newest day first, each with how many findings are open. */
export async function dayList(
  db: Db | Tx,
  brand: string,
  filter: { id?: string; channel?: BillChannel | undefined; before?: string | undefined; limit: number },
): Promise<Day[]> {
  const rows = await db
    .selectFrom('reconciliation_day as d')
    .selectAll('d')
    .select((e) =>
      e
        .selectFrom('reconciliation_finding as f')
        .select((f) => f.fn.countAll<bigint>().as('n'))
        .whereRef('f.day_id', '=', 'd.id')
        .where('f.state', '=', 'open')
        .as('open'),
    )
    .where('d.brand', '=', brand)
    .$if(filter.id !== undefined, (q) => q.where('d.id', '=', filter.id!))
    .$if(filter.channel !== undefined, (q) => q.where('d.channel', '=', filter.channel!))
    .$if(filter.before !== undefined, (q) => q.where('d.id', '<', filter.before!))
    .orderBy('d.id', 'desc')
    .limit(filter.limit)
    .execute();
  return rows.map((row) => ({ ...row, open: Number(row.open ?? 0n) }));
}

export function findingsOf(db: Db | Tx, dayId: string): Promise<FindingRow[]> {
  return db
    .selectFrom('reconciliation_finding')
    .selectAll()
    .where('day_id', '=', dayId)
    .orderBy('id', 'desc')
    .limit(1_000)
    .execute();
}

/** With the brand's right to it; undefined when it isn't this brand's. */
export function findingOne(db: Db | Tx, brand: string, id: string): Promise<FindingRow | undefined> {
  return db
    .selectFrom('reconciliation_finding as f')
    .innerJoin('reconciliation_day as d', 'd.id', 'f.day_id')
    .selectAll('f')
    .where('f.id', '=', id)
    .where('d.brand', '=', brand)
    .executeTakeFirst();
}

/** How many findings wait for staff; of all brands without one. */
export async function findingsOpen(db: Db | Tx, brand?: string): Promise<number> {
  const { count } = await db
    .selectFrom('reconciliation_finding as f')
    .innerJoin('reconciliation_day as d', 'd.id', 'f.day_id')
    .select((e) => e.fn.countAll<bigint>().as('count'))
    .where('f.state', '=', 'open')
    .$if(brand !== undefined, (q) => q.where('d.brand', '=', brand!))
    .executeTakeFirstOrThrow();
  return Number(count);
}

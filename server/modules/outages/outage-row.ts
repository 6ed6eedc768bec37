import { type Selectable, sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { PAGE_SIZE } from '#kernel/http.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import type { AffectedTable, ConsequenceTable, EntryTable, OutageTable } from './tables.ts';
import './tables.ts';

export type Outage = Selectable<OutageTable>;
export type Entry = Selectable<EntryTable>;
export type Affected = Selectable<AffectedTable>;
export type Consequence = Selectable<ConsequenceTable>;

/** Locks it: one act on an outage at a time. Throws `not-found` for another brand's and for none. */
export async function outageLock(tx: Tx, ctx: Ctx, id: string): Promise<Outage> {
  const row = await tx
    .selectFrom('outages_outage')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw kernelProblem['not-found']();
  return row;
}

export async function outageFind(db: Db | Tx, brand: string, id: string): Promise<Outage> {
  const row = await db
    .selectFrom('outages_outage')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', brand)
    .executeTakeFirst();
  if (!row) throw kernelProblem['not-found']();
  return row;
}

export function outageList(db: Db | Tx, brand: string, before?: string): Promise<Outage[]> {
  return db
    .selectFrom('outages_outage')
    .selectAll()
    .where('brand', '=', brand)
    .$if(before !== undefined, (q) => q.where('id', '<', before!))
    .orderBy('id', 'desc')
    .limit(PAGE_SIZE + 1)
    .execute();
}

/** What the book says now, and said before: the newest first. */
export function entriesOf(db: Db | Tx, outageIds: readonly string[]): Promise<Entry[]> {
  return db
    .selectFrom('outages_entry')
    .selectAll()
    .where('outage_id', '=', sql<string>`any(${outageIds}::uuid[])`)
    .orderBy('number', 'desc')
    .execute();
}

export async function entryNow(db: Db | Tx, outage: Outage): Promise<Entry> {
  return db
    .selectFrom('outages_entry')
    .selectAll()
    .where('outage_id', '=', outage.id)
    .where('number', '=', outage.entry)
    .executeTakeFirstOrThrow();
}

/** Whom it hit, by its newest entry. */
export function affectedOf(db: Db | Tx, outage: Outage): Promise<Affected[]> {
  return db
    .selectFrom('outages_affected')
    .selectAll()
    .where('outage_id', '=', outage.id)
    .where('number', '=', outage.entry)
    .orderBy('subject_id')
    .execute();
}

export function consequencesOf(db: Db | Tx, outageId: string): Promise<Consequence[]> {
  return db
    .selectFrom('outages_consequence')
    .selectAll()
    .where('outage_id', '=', outageId)
    .orderBy('number')
    .orderBy('subject_id')
    .execute();
}

/** Whether an outage that hit it goes on, or what comes of one isn't settled by what the book says now. */
export async function outageUnsettled(db: Db | Tx, brand: string, subjectId: string): Promise<boolean> {
  const row = await db
    .selectFrom('outages_affected as a')
    .innerJoin('outages_outage as o', (join) =>
      join.onRef('o.id', '=', 'a.outage_id').onRef('o.entry', '=', 'a.number'),
    )
    .select('o.id')
    .where('o.brand', '=', brand)
    .where('a.subject_id', '=', subjectId)
    .where(sql<boolean>`o.settled_entry is distinct from o.entry`)
    .limit(1)
    .executeTakeFirst();
  if (row) return true;
  // Settled, but the month that it counts in isn't measured: what comes of that is its customer's.
  const due = await db
    .selectFrom('outages_month_due')
    .select('month')
    .where('brand', '=', brand)
    .where('subject_id', '=', subjectId)
    .limit(1)
    .executeTakeFirst();
  return due !== undefined;
}

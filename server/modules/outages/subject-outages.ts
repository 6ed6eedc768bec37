import { type Selectable, sql } from 'kysely';
import type { Db } from '#kernel/db.ts';
import type { Affected, Consequence, Entry } from './outage-row.ts';
import type { MonthTable } from './tables.ts';
import './tables.ts';

export interface Hit {
  affected: Affected;
  entry: Entry;
  consequences: Consequence[];
  proofs: string[];
}

const SHOWN = 200;

/** What hit a customer's services and packages, the newest first, and what came of it; by what the book says now. */
export async function subjectOutages(
  db: Db,
  of: { brand: string; customerId: string; subjectId?: string | undefined },
): Promise<{ hits: Hit[]; months: Selectable<MonthTable>[] }> {
  const affected = await db
    .selectFrom('outages_affected as a')
    .innerJoin('outages_outage as o', (join) =>
      join.onRef('o.id', '=', 'a.outage_id').onRef('o.entry', '=', 'a.number'),
    )
    .selectAll('a')
    .where('o.brand', '=', of.brand)
    .where('a.customer_id', '=', of.customerId)
    .$if(of.subjectId !== undefined, (q) => q.where('a.subject_id', '=', of.subjectId!))
    .orderBy('a.outage_id', 'desc')
    .limit(SHOWN)
    .execute();
  const outages = [...new Set(affected.map(({ outage_id }) => outage_id))];
  const any = sql<string>`any(${outages}::uuid[])`;
  const entries = await db
    .selectFrom('outages_entry as e')
    .innerJoin('outages_outage as o', (join) =>
      join.onRef('o.id', '=', 'e.outage_id').onRef('o.entry', '=', 'e.number'),
    )
    .selectAll('e')
    .where('e.outage_id', '=', any)
    .execute();
  const consequences = await db
    .selectFrom('outages_consequence')
    .selectAll()
    .where('outage_id', '=', any)
    .where('customer_id', '=', of.customerId)
    .orderBy('number')
    .execute();
  const told = await db
    .selectFrom('outages_told')
    .select(['outage_id', 'proof_id'])
    .where('outage_id', '=', any)
    .where('customer_id', '=', of.customerId)
    .where('what', '=', 'force-majeure')
    .execute();
  const months = await db
    .selectFrom('outages_month')
    .selectAll()
    .where('brand', '=', of.brand)
    .where('customer_id', '=', of.customerId)
    .$if(of.subjectId !== undefined, (q) => q.where('subject_id', '=', of.subjectId!))
    .orderBy('month', 'desc')
    .orderBy('number', 'desc')
    .limit(SHOWN)
    .execute();
  const hits = affected.map((one) => ({
    affected: one,
    entry: entries.find(({ outage_id }) => outage_id === one.outage_id)!,
    consequences: consequences.filter(
      (row) => row.outage_id === one.outage_id && row.subject_id === one.subject_id,
    ),
    proofs: told.flatMap((row) => (row.outage_id === one.outage_id ? (row.proof_id ?? []) : [])),
  }));
  return { hits, months };
}

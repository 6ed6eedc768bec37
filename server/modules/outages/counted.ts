import { sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import type { Span } from './rules.ts';
import type { ConsequenceKind } from './tables.ts';
import './tables.ts';

/** What became of one settled outage for one subject, corrections included. */
export interface Counted {
  outageId: string;
  /** By its last correction. */
  kind: ConsequenceKind;
  /** Null where a correction found that it wasn't hit. */
  span: Span | null;
  /** By which its term was lengthened so far, all corrections together. */
  extendedMs: number;
}

/** Of each of these subjects, all settled outages. */
export async function countedOf(db: Db | Tx, subjectIds: readonly string[]): Promise<Map<string, Counted[]>> {
  const rows = await db
    .selectFrom('outages_consequence as c')
    .leftJoin('outages_affected as a', (join) =>
      join
        .onRef('a.outage_id', '=', 'c.outage_id')
        .onRef('a.number', '=', 'c.number')
        .onRef('a.subject_id', '=', 'c.subject_id'),
    )
    .select(['c.outage_id', 'c.subject_id', 'c.kind', 'c.extended_ms', 'a.from_at', 'a.until_at'])
    .where('c.subject_id', '=', sql<string>`any(${subjectIds}::uuid[])`)
    .orderBy('c.outage_id')
    .orderBy('c.number')
    .execute();
  const found = new Map<string, Counted[]>(subjectIds.map((id) => [id, []]));
  for (const row of rows) {
    const own = found.get(row.subject_id)!;
    const before = own.at(-1);
    const isCorrection = before?.outageId === row.outage_id;
    const extendedMs = Number(row.extended_ms) + (isCorrection ? own.pop()!.extendedMs : 0);
    const span = row.from_at &&
      row.until_at && { from: row.from_at.getTime(), until: row.until_at.getTime() };
    own.push({ outageId: row.outage_id, kind: row.kind, span: span || null, extendedMs });
  }
  return found;
}

/** The spans that count towards the same consequence, but for those of one outage. */
export function spansOf(counted: readonly Counted[], kind: ConsequenceKind, butFor: string | null): Span[] {
  return counted.flatMap((one) =>
    one.kind === kind && one.outageId !== butFor && one.span ? [one.span] : [],
  );
}

import { type Selectable, sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import { askedBy } from './revision-rules.ts';
import type { RevisionTable } from './tables.ts';
import {
  type AcceptedTerms,
  acceptanceLatest,
  type TermsVersion,
  termsCurrent,
  versionNewest,
} from './terms-read.ts';
import './tables.ts';

export type Revision = Selectable<RevisionTable>;

/** All versions of a brand, the one that holds last first. */
export function revisionList(db: Db | Tx, brand: string): Promise<Revision[]> {
  return db
    .selectFrom('terms_revision')
    .selectAll()
    .where('brand', '=', brand)
    .orderBy('effective_at', 'desc')
    .orderBy('version', 'desc')
    .execute();
}

/** The version that a customer is asked about, and how it comes under it. */
export interface RevisionPending {
  accepted: AcceptedTerms;
  version: TermsVersion;
  effectiveAt: Date;
  by: 'accept' | 'use';
}

/**
 * Another version holds than the one that this customer accepted last; null when there is none, or it never accepted
 * any. How it comes under the new one, the version that it accepted says.
 */
export async function revisionPending(
  db: Db | Tx,
  brand: string,
  customerId: string,
  at: Date,
): Promise<RevisionPending | null> {
  const accepted = await acceptanceLatest(db, customerId);
  const version = await termsCurrent(db, brand, at);
  if (!accepted || accepted.version.version === version.version) return null;
  const { effective_at: effectiveAt } = await revisionOf(db, version);
  return { accepted, version, effectiveAt, by: askedBy(accepted.parameters.revision) };
}

/** The same, or else what was announced and is to hold: what a customer may disagree with. */
export async function revisionFacing(
  db: Db | Tx,
  brand: string,
  customerId: string,
  at: Date,
): Promise<RevisionPending | null> {
  const pending = await revisionPending(db, brand, customerId, at);
  if (pending) return pending;
  const accepted = await acceptanceLatest(db, customerId);
  const next = await revisionAhead(db, brand, at);
  if (!accepted || !next) return null;
  const version = (await versionNewest(db, brand, next.version))!;
  const by = askedBy(accepted.parameters.revision);
  return { accepted, version, effectiveAt: next.effective_at, by };
}

function revisionOf(db: Db | Tx, { brand, version }: TermsVersion): Promise<Revision> {
  return db
    .selectFrom('terms_revision')
    .selectAll()
    .where('brand', '=', brand)
    .where('version', '=', version)
    .executeTakeFirstOrThrow();
}

/** The first of those that are to hold. */
async function revisionAhead(db: Db | Tx, brand: string, at: Date): Promise<Revision | null> {
  const row = await db
    .selectFrom('terms_revision')
    .selectAll()
    .where('brand', '=', brand)
    .where('effective_at', '>', at)
    .orderBy('effective_at')
    .orderBy('version')
    .limit(1)
    .executeTakeFirst();
  return row ?? null;
}

/** Customers who accepted any version of a brand, in the order of their ids. */
export async function customersAccepted(
  db: Db | Tx,
  brand: string,
  page: { after: string | null; limit: number },
): Promise<string[]> {
  const rows = await db
    .selectFrom('terms_acceptance')
    .select('customer_id')
    .distinct()
    .where('brand', '=', brand)
    .$if(page.after !== null, (q) => q.where('customer_id', '>', page.after!))
    .orderBy('customer_id')
    .limit(page.limit)
    .execute();
  return rows.map(({ customer_id }) => customer_id);
}

/** By version: whose newest acceptance is of it, confirmed or by use. */
export async function customersUnder(
  db: Db | Tx,
  brand: string,
): Promise<Map<string, { confirmed: number; by_use: number }>> {
  const { rows } = await sql<{ version: string; confirmed: bigint; by_use: bigint }>`
    select v.version, count(*) filter (where a.method <> 'use') as confirmed,
      count(*) filter (where a.method = 'use') as by_use
    from (select distinct on (customer_id) version_id, method from terms_acceptance where brand = ${brand}
      order by customer_id, at desc, version_id desc) a
    join terms_version v on v.id = a.version_id group by v.version`.execute(db);
  return new Map(
    rows.map(({ version, confirmed, by_use }) => [
      version,
      { confirmed: Number(confirmed), by_use: Number(by_use) },
    ]),
  );
}

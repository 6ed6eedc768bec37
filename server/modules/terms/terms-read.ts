import { sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import type { ClauseRef } from '#modules/audit/index.ts';
import type { Parameters } from '#modules/figures/index.ts';
import type { TermsDocument } from './document.ts';
import './tables.ts';

export interface TermsVersion {
  id: string;
  brand: string;
  version: string;
  sha256: string;
  document: TermsDocument;
}

/** What a customer agreed to: its figures, and the only source of clauses to act upon. */
export interface AcceptedTerms {
  readonly acceptanceId: string;
  readonly version: TermsVersion;
  readonly parameters: Parameters;
  /** The clause that a parameter comes from. Throws RangeError when these terms don't have it: nothing may rest on it. */
  clauseOf(parameter: keyof Parameters): ClauseRef;
}

/** Versions never change, so they are read once. */
const versions = new Map<string, TermsVersion>();

export async function versionById(db: Db | Tx, id: string): Promise<TermsVersion> {
  const cached = versions.get(id);
  if (cached) return cached;
  const row = await db.selectFrom('terms_version').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  const version = { ...row, document: row.document as TermsDocument };
  versions.set(id, version);
  return version;
}

/** The version that holds on the brand's site at an instant, in its newest reading. */
export async function termsCurrent(db: Db | Tx, brand: string, at: Date): Promise<TermsVersion> {
  const { id } = await db
    .selectFrom('terms_version as v')
    .innerJoin('terms_revision as r', (join) =>
      join.onRef('r.brand', '=', 'v.brand').onRef('r.version', '=', 'v.version'),
    )
    .select('v.id')
    .where('v.brand', '=', brand)
    // A brand's first version holds for whoever asks, also by a clock that is a little behind.
    .where((e) => e.or([e('r.effective_at', '<=', at), e('r.replaces', 'is', null)]))
    .orderBy('r.effective_at', 'desc')
    .orderBy('v.version', 'desc')
    .orderBy('v.id', 'desc')
    .limit(1)
    .executeTakeFirstOrThrow();
  return versionById(db, id);
}

/** The newest reading of one version; null before it is loaded. */
export async function versionNewest(
  db: Db | Tx,
  brand: string,
  version: string,
): Promise<TermsVersion | null> {
  const row = await db
    .selectFrom('terms_version')
    .select('id')
    .where('brand', '=', brand)
    .where('version', '=', version)
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? versionById(db, row.id) : null;
}

/** Acceptances with the newest reading of what was accepted: its text is the same, its figures may be more. */
export function acceptances(db: Db | Tx) {
  return db
    .selectFrom('terms_acceptance as a')
    .innerJoin('terms_version as v', 'v.id', 'a.version_id')
    .innerJoin('terms_version as newest', (join) =>
      join.onRef('newest.brand', '=', 'v.brand').onRef('newest.version', '=', 'v.version'),
    )
    .select(['a.id', 'newest.id as version_id'])
    .orderBy('a.at', 'desc')
    .orderBy('newest.id', 'desc');
}

/** The terms that hold for something which was agreed under this acceptance. */
export async function termsAccepted(db: Db | Tx, acceptanceId: string): Promise<AcceptedTerms> {
  const row = await acceptances(db).where('a.id', '=', acceptanceId).limit(1).executeTakeFirstOrThrow();
  return accepted(acceptanceId, await versionById(db, row.version_id));
}

/** The same for many acceptances, by their ids. */
export async function termsAcceptedAll(
  db: Db | Tx,
  acceptanceIds: readonly string[],
): Promise<Map<string, AcceptedTerms>> {
  const wanted = [...new Set(acceptanceIds)];
  const rows = await acceptances(db).where('a.id', '=', sql<string>`any(${wanted}::uuid[])`).execute();
  const found = new Map<string, AcceptedTerms>();
  for (const row of rows) {
    if (!found.has(row.id)) found.set(row.id, accepted(row.id, await versionById(db, row.version_id)));
  }
  return found;
}

/** The customer's newest acceptance, of whatever version; null when there is none. */
export async function acceptanceLatest(db: Db | Tx, customerId: string): Promise<AcceptedTerms | null> {
  const row = await acceptances(db).where('a.customer_id', '=', customerId).limit(1).executeTakeFirst();
  return row ? accepted(row.id, await versionById(db, row.version_id)) : null;
}

export function accepted(acceptanceId: string, version: TermsVersion): AcceptedTerms {
  const { parameters } = version.document;
  return {
    acceptanceId,
    version,
    parameters,
    clauseOf(parameter) {
      const found = parameters[parameter];
      if (!found) throw new RangeError(`terms ${version.brand} ${version.version} have no ${parameter}`);
      const { brand, version: name, sha256 } = version;
      return { brand, version: name, sha256, clause: found.clause } as ClauseRef;
    },
  };
}

/** A clause as it is shown to people. */
export function clauseShown(version: TermsVersion, id: string) {
  const clause = version.document.clauses.find((candidate) => candidate.id === id);
  return { id, version: version.version, title: clause?.title ?? { zh: id, en: id } };
}

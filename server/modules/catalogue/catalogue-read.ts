import { sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import type { CatalogueDocument } from './document.ts';
import './tables.ts';

export interface Catalogue {
  id: string;
  sha256: string;
  document: CatalogueDocument;
  effective_at: Date;
}

/** A file that was replaced before it came to hold, by one that holds no later, never holds. */
function versions(db: Db | Tx, brand: string) {
  return db
    .selectFrom('catalogue_version as v')
    .select(['v.id', 'v.sha256', 'v.document', 'v.effective_at', 'v.published_at', 'v.running'])
    .where('v.brand', '=', brand)
    .where((e) =>
      e.not(
        e.exists(
          e
            .selectFrom('catalogue_version as w')
            .select('w.id')
            .where('w.brand', '=', brand)
            .where('w.source', '=', 'file')
            .where('v.source', '=', 'file')
            .whereRef('w.id', '>', 'v.id')
            .whereRef('w.effective_at', '<=', 'v.effective_at'),
        ),
      ),
    );
}

/** The version in force at an instant; null before the first. */
export async function catalogueAt(db: Db | Tx, brand: string, at: Date): Promise<Catalogue | null> {
  const row = await versions(db, brand)
    .where('v.effective_at', '<=', at)
    .orderBy('v.effective_at', 'desc')
    .orderBy('v.id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? { ...row, document: row.document as CatalogueDocument } : null;
}

export async function catalogueInForce(db: Db | Tx, brand: string, at: Date): Promise<Catalogue> {
  const found = await catalogueAt(db, brand, at);
  if (!found) throw new Error(`brand ${brand} has no catalogue`);
  return found;
}

/** A version by its id, in force or not. */
export async function catalogueById(db: Db | Tx, id: string): Promise<Catalogue> {
  const row = await db
    .selectFrom('catalogue_version')
    .select(['id', 'sha256', 'document', 'effective_at'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  return { ...row, document: row.document as CatalogueDocument };
}

/** A region as it is sold at an instant; one that isn't any more, as it last was. Null: it never was. */
export async function regionAt(
  db: Db | Tx,
  brand: string,
  region: string,
  at: Date,
): Promise<CatalogueDocument['regions'][number] | null> {
  const row = await versions(db, brand)
    .where('v.effective_at', '<=', at)
    .where(sql<boolean>`v.document -> 'regions' @> ${JSON.stringify([{ id: region }])}::jsonb`)
    .orderBy('v.effective_at', 'desc')
    .orderBy('v.id', 'desc')
    .limit(1)
    .executeTakeFirst();
  return (row?.document as CatalogueDocument | undefined)?.regions.find(({ id }) => id === region) ?? null;
}

/** Versions that come to hold after an instant, the next first. */
export async function cataloguesAhead(db: Db | Tx, brand: string, at: Date) {
  const rows = await versions(db, brand)
    .where('v.effective_at', '>', at)
    .orderBy('v.effective_at')
    .orderBy('v.id')
    .execute();
  return rows.map((row) => ({ ...row, document: row.document as CatalogueDocument }));
}

/** Names for a plan and region as they are sold now; ids where they no longer are. */
export function shown(document: CatalogueDocument, plan: string, region: string) {
  const fallback = (id: string) => ({ zh: id, en: id });
  const plans = document.products.flatMap((product) => product.plans);
  return {
    plan: plans.find(({ id }) => id === plan)?.name ?? fallback(plan),
    region: document.regions.find(({ id }) => id === region)?.name ?? fallback(region),
  };
}

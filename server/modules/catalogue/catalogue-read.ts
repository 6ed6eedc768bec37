import type { Db, Tx } from '#kernel/db.ts';
import type { CatalogueDocument } from './document.ts';
import './tables.ts';

export interface Catalogue {
  id: string;
  sha256: string;
  document: CatalogueDocument;
  effective_at: Date;
}

/** The version in force at an instant; null before the first. */
export async function catalogueCurrent(db: Db | Tx, brand: string, at: Date): Promise<Catalogue | null> {
  const row = await db
    .selectFrom('catalogue_version')
    .select(['id', 'sha256', 'document', 'effective_at'])
    .where('brand', '=', brand)
    .where('effective_at', '<=', at)
    .orderBy('effective_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row ? { ...row, document: row.document as CatalogueDocument } : null;
}

export async function catalogueInForce(db: Db | Tx, brand: string, at: Date): Promise<Catalogue> {
  const found = await catalogueCurrent(db, brand, at);
  if (!found) throw new Error(`brand ${brand} has no catalogue`);
  return found;
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

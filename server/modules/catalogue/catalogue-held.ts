import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { DueQuery } from '#kernel/sweeps.ts';
import { catalogueAt, catalogueById } from './catalogue-read.ts';
import type { CatalogueDocument } from './document.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** Another version holds from now on; `before` is null where nothing was said yet. */
    'catalogue.holds': { id: string; before: CatalogueDocument | null; document: CatalogueDocument };
  }
}

/** When the next version comes to hold that wasn't said to; one that was replaced before never does. */
export const heldDue: DueQuery = sql`select min(v.effective_at) from catalogue_version v
  left join catalogue_held h on h.brand = v.brand
  left join catalogue_version f on f.id = h.version_id
  where (f.id is null or (v.effective_at, v.id) > (f.effective_at, f.id)) and not exists (
    select from catalogue_version w where w.brand = v.brand and w.source = 'file' and v.source = 'file'
      and w.id > v.id and w.effective_at <= v.effective_at)`;

/** Says which version holds, once. Returns whether it is another than was said before. */
export async function catalogueHolds(tx: Tx, ctx: Ctx): Promise<boolean> {
  const brand = ctx.brand.id;
  const said = await tx
    .selectFrom('catalogue_held')
    .select('version_id')
    .where('brand', '=', brand)
    .forUpdate()
    .executeTakeFirst();
  const holds = await catalogueAt(tx, brand, ctx.now);
  if (!holds || said?.version_id === holds.id) return false;
  await tx
    .insertInto('catalogue_held')
    .values({ brand, version_id: holds.id })
    .onConflict((conflict) => conflict.column('brand').doUpdateSet({ version_id: holds.id }))
    .execute();
  const before = said ? (await catalogueById(tx, said.version_id)).document : null;
  await ctx.bus.emit(tx, ctx, 'catalogue.holds', { id: holds.id, before, document: holds.document });
  return true;
}

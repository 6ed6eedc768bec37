import { createHash } from 'node:crypto';
import { readBrandFile } from '#kernel/brand-file.ts';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { catalogueAt } from './catalogue-read.ts';
import { type CatalogueDocument, catalogueFile } from './document.ts';
import { announcement, versionAdd } from './price-change.ts';
import { priceChanges } from './rules.ts';
import './tables.ts';

/**
 * Loads the brand's catalogue.yaml. A changed file becomes a new version: at once if no price changes, else when the
 * terms let changed prices hold, or when the file says if that is later. Orders keep theirs. A price list that staff
 * imported stays until the file itself changes.
 */
export async function catalogueLoad(tx: Tx, ctx: Ctx): Promise<void> {
  const document = readBrandFile(ctx.brand.dir, 'catalogue.yaml', catalogueFile);
  const sha256 = documentDigest(document);
  const last = await tx
    .selectFrom('catalogue_version')
    .select(['sha256'])
    .where('brand', '=', ctx.brand.id)
    .where('source', '=', 'file')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst();
  if (last?.sha256 === sha256) return;
  const asked = document.effective_at ? new Date(document.effective_at) : ctx.now;
  const wanted = asked > ctx.now && last ? asked : ctx.now;
  const before = await catalogueAt(tx, ctx.brand.id, wanted);
  const changes = before ? priceChanges(before.document, document) : [];
  const { earliest, email } = await announcement(tx, ctx);
  const effectiveAt = changes.length > 0 && wanted < earliest ? earliest : wanted;
  await versionAdd(tx, ctx, { document, sha256, source: 'file', effectiveAt, changes, email });
}

export function documentDigest(document: CatalogueDocument): string {
  return createHash('sha256').update(JSON.stringify(document)).digest('hex');
}

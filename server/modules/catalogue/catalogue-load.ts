import { createHash } from 'node:crypto';
import { readBrandFile } from '#kernel/brand-file.ts';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { catalogueCurrent } from './catalogue-read.ts';
import { catalogueFile } from './document.ts';
import './tables.ts';

/** Loads the brand's catalogue.yaml; a changed file becomes a new version that holds from now. Orders keep theirs. */
export async function catalogueLoad(tx: Tx, ctx: Ctx): Promise<void> {
  const document = readBrandFile(ctx.brand.dir, 'catalogue.yaml', catalogueFile);
  const sha256 = createHash('sha256').update(JSON.stringify(document)).digest('hex');
  const current = await catalogueCurrent(tx, ctx.brand.id, ctx.now);
  if (current?.sha256 === sha256) return;
  const id = newId();
  await tx
    .insertInto('catalogue_version')
    .values({ id, brand: ctx.brand.id, sha256, document: JSON.stringify(document), effective_at: ctx.now })
    .execute();
  await auditRecord(tx, ctx, {
    action: 'catalogue.loaded',
    subject: { kind: 'catalogue', id },
    customerId: null,
    facts: { sha256 },
  });
}

import { join } from 'node:path';
import { BrandFileError, readYaml } from '#kernel/brands.ts';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { documentHash, termsFile } from './document.ts';
import './tables.ts';

/**
 * Loads the brand's terms.yaml as an immutable version. Loaded already: nothing happens. Another text under a
 * version that was loaded before is refused: a revision carries a new date (蓝天云 6.1).
 */
export async function termsLoad(tx: Tx, ctx: Ctx): Promise<void> {
  const path = join(ctx.brand.dir, 'terms.yaml');
  const document = readYaml(path, termsFile);
  const sha256 = documentHash(document);
  const id = newId();
  const placed = await tx
    .insertInto('terms_version')
    .values({
      id,
      brand: ctx.brand.id,
      version: document.version,
      sha256,
      document: JSON.stringify(document),
      loaded_at: ctx.now,
    })
    .onConflict((conflict) => conflict.columns(['brand', 'version']).doNothing())
    .executeTakeFirst();
  if (placed.numInsertedOrUpdatedRows !== 0n) {
    await auditRecord(tx, ctx, {
      action: 'terms.loaded',
      subject: { kind: 'terms', id },
      customerId: null,
      facts: { version: document.version, sha256 },
    });
    return;
  }
  const loaded = await tx
    .selectFrom('terms_version')
    .select('sha256')
    .where('brand', '=', ctx.brand.id)
    .where('version', '=', document.version)
    .executeTakeFirstOrThrow();
  if (loaded.sha256 !== sha256) {
    throw new BrandFileError(
      `${path}: version ${document.version} was published with another text; give it a new date`,
    );
  }
}

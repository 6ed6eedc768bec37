import { join } from 'node:path';
import { BrandFileError, readBrandFile } from '#kernel/brand-file.ts';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { documentHash, keepsAll, termsFile } from './document.ts';
import { versionNewest } from './terms-read.ts';
import './tables.ts';

/**
 * Loads the brand's terms.yaml, whole with what it extends, as an immutable version. Loaded already: nothing
 * happens. The same version may come again with more figures; another text, or a figure that reads otherwise, is
 * refused: a revision carries a new date (蓝天云 6.1).
 */
export async function termsLoad(tx: Tx, ctx: Ctx): Promise<void> {
  const path = join(ctx.brand.dir, 'terms.yaml');
  const document = readBrandFile(ctx.brand.dir, 'terms.yaml', termsFile);
  const { version } = document;
  const sha256 = documentHash(document);
  const loaded = await versionNewest(tx, ctx.brand.id, version);
  if (loaded?.sha256 === sha256) return;
  if (loaded && !keepsAll(loaded.document, document)) {
    throw new BrandFileError(
      `${path}: version ${version} was published with another text; give it a new date`,
    );
  }
  const id = newId();
  await tx
    .insertInto('terms_version')
    .values({
      id,
      brand: ctx.brand.id,
      version,
      sha256,
      document: JSON.stringify(document),
      loaded_at: ctx.now,
    })
    .execute();
  await auditRecord(tx, ctx, {
    action: 'terms.loaded',
    subject: { kind: 'terms', id },
    customerId: null,
    facts: { version, sha256 },
  });
}

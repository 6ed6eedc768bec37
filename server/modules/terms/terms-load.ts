import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sql } from 'kysely';
import { BrandFileError, readBrandFile } from '#kernel/brand-file.ts';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { naturalDay } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { documentHash, keepsAll, type TermsDocument, termsFile } from './document.ts';
import { revisionAnnounce, revisionNewest } from './revision-announce.ts';
import { datedWrong } from './revision-rules.ts';
import { versionNewest } from './terms-read.ts';
import './tables.ts';

export interface TermsLoaded {
  version: string;
  sha256: string;
  /** A reading: more figures of a text that was published. */
  as: 'unchanged' | 'first' | 'reading' | 'revision';
  /** From when it holds. */
  effectiveAt: Date;
}

/**
 * Loads the brand's terms.yaml, whole with what it extends, as an immutable version. Loaded already: nothing
 * happens. The same version may come again with more figures; another text, or a figure that reads otherwise, is
 * refused: a revision carries a new date (蓝天云 6.1), which lies neither in the past nor before another version.
 */
export async function termsLoad(tx: Tx, ctx: Ctx): Promise<TermsLoaded> {
  const path = join(ctx.brand.dir, 'terms.yaml');
  const document = readBrandFile(ctx.brand.dir, 'terms.yaml', termsFile);
  const refuse = (reason: string): never => {
    throw new BrandFileError(`${path}:${lineOfVersion(path)}: version: ${reason}`);
  };
  const { version } = document;
  const sha256 = documentHash(document);
  // Two starts at once load it once.
  await sql`select pg_advisory_xact_lock(hashtext(${`terms ${ctx.brand.id}`}))`.execute(tx);
  const loaded = await versionNewest(tx, ctx.brand.id, version);
  if (loaded && loaded.sha256 !== sha256 && !keepsAll(loaded.document, document))
    refuse(`version ${version} was published with another text; give it a new date`);
  const newest = await revisionNewest(tx, ctx.brand.id);
  if (!loaded && newest) {
    const wrong = datedWrong(version, newest.version, naturalDay(ctx.now, ctx.brand.zone));
    if (wrong) refuse(`${version} is ${wrong}`);
  }
  if (loaded?.sha256 !== sha256) await insertVersion(tx, ctx, document, sha256);
  if (loaded) {
    const { effective_at: effectiveAt } = await tx
      .selectFrom('terms_revision')
      .select('effective_at')
      .where('brand', '=', ctx.brand.id)
      .where('version', '=', version)
      .executeTakeFirstOrThrow();
    return { version, sha256, as: loaded.sha256 === sha256 ? 'unchanged' : 'reading', effectiveAt };
  }
  const effectiveAt = await revisionAnnounce(tx, ctx, { document, newest });
  return { version, sha256, as: newest ? 'revision' : 'first', effectiveAt };
}

async function insertVersion(tx: Tx, ctx: Ctx, document: TermsDocument, sha256: string): Promise<void> {
  const id = newId();
  const { version } = document;
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

/** Where the file says its date; its first line where what it extends does. */
function lineOfVersion(path: string): number {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.findIndex((line) => /^["']?version["']?\s*:/.test(line)) + 1 || 1;
}

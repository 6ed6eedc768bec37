import { createHash } from 'node:crypto';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { problem } from './rules.ts';
import './tables.ts';

/** Keeps a PDF or OFD as it is. Throws `file-unreadable` for anything else, by what it begins with. */
export async function fileKeep(
  tx: Tx,
  ctx: Ctx,
  file: { customerId: string; bytes: Buffer },
): Promise<{ id: string; sha256: string }> {
  const { bytes, customerId } = file;
  const id = newId();
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const media_type = mediaTypeOf(bytes);
  if (!media_type) throw problem['file-unreadable']();
  await tx
    .insertInto('documents_file')
    .values({
      id,
      brand: ctx.brand.id,
      customer_id: customerId,
      media_type,
      sha256,
      bytes,
      created_at: ctx.now,
    })
    .execute();
  return { id, sha256 };
}

export function isPdf(bytes: Buffer): boolean {
  return /^%PDF-[12]\.\d/.test(bytes.subarray(0, 8).toString('latin1'));
}

function mediaTypeOf(bytes: Buffer): 'application/pdf' | 'application/ofd' | null {
  if (isPdf(bytes)) return 'application/pdf';
  // OFD is a ZIP whose root is OFD.xml (GB/T 33190-2016).
  const zip = bytes.subarray(0, 4).toString('latin1') === 'PK\u0003\u0004';
  return zip && bytes.includes('OFD.xml') ? 'application/ofd' : null;
}

export async function fileRead(db: Db | Tx, id: string) {
  return db
    .selectFrom('documents_file')
    .select(['bytes', 'media_type'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
}

import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { problem as common } from '#kernel/problem.ts';
import type { Sealer } from '#kernel/seal.ts';
import { addMs } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { identityOf } from './identity-found.ts';
import { verificationLock } from './policy-now.ts';
import { type Kind, problem, REVIEW_DAYS, REVIEWS_MOST } from './rules.ts';
import './tables.ts';

export interface Documents {
  customerId: string;
  kind: Kind;
  name: string;
  number: string;
  blind: string;
  /** Null where the number doesn't tell. */
  minor: boolean | null;
  /** When a minor comes of age, where the number tells. */
  ofAgeAt: Date | null;
  files: { mediaType: string; bytes: Buffer }[];
}

const DAY_MS = 86_400_000;
const METHOD = 'documents';

/**
 * Documents for staff to judge: sealed, and gone once two of them have. Throws `review-open`, `review-often`,
 * `identity-another`. Returns the review's id.
 */
export async function documentsEnter(tx: Tx, ctx: Ctx, sealer: Sealer, given: Documents): Promise<string> {
  const { customerId, kind, blind, minor, ofAgeAt, files } = given;
  await verificationLock(tx, customerId);
  const current = await identityOf(tx, customerId);
  if (current && (current.blind !== blind || current.kind !== kind)) throw problem['identity-another']();
  const { count } = await tx
    .selectFrom('verification_review')
    .select((e) => e.fn.countAll<bigint>().as('count'))
    .where('customer_id', '=', customerId)
    .where('cause', '=', 'documents')
    .where('entered_at', '>', addMs(ctx.now, -REVIEW_DAYS * DAY_MS))
    .executeTakeFirstOrThrow();
  if (Number(count) >= REVIEWS_MOST) throw problem['review-often']();
  const id = newId();
  const { name, number } = given;
  const sealed = sealer.seal(JSON.stringify({ name, number }), `review:${id}`);
  const review = { id, customerId, kind, cause: 'documents' as const, method: METHOD, blind, minor, ofAgeAt };
  await put(tx, ctx, { ...review, sealed });
  for (const [position, { mediaType, bytes }] of files.entries()) {
    const fileId = newId();
    await tx
      .insertInto('verification_review_file')
      .values({
        ...{ id: fileId, review_id: id, position, media_type: mediaType, size_bytes: bytes.length },
        sealed: sealer.seal(bytes.toString('base64'), `review-file:${fileId}`),
      })
      .execute();
  }
  return id;
}

/** The authority knows the identity, and it has accounts already: nothing is kept of it but its hash. */
export function usedReview(
  tx: Tx,
  ctx: Ctx,
  found: {
    customerId: string;
    kind: Kind;
    method: string;
    blind: string;
    minor: boolean;
    ofAgeAt: Date | null;
  },
): Promise<string> {
  return put(tx, ctx, { id: newId(), ...found, cause: 'identity-used', sealed: null });
}

async function put(
  tx: Tx,
  ctx: Ctx,
  review: {
    id: string;
    customerId: string;
    kind: Kind;
    cause: 'documents' | 'identity-used';
    method: string;
    blind: string;
    minor: boolean | null;
    ofAgeAt: Date | null;
    sealed: Buffer | null;
  },
): Promise<string> {
  const { id, customerId, kind, cause } = review;
  const placed = await tx
    .insertInto('verification_review')
    .values({
      ...{ id, kind, cause, method: review.method, blind: review.blind, minor: review.minor },
      of_age_at: review.ofAgeAt,
      ...{ brand: ctx.brand.id, customer_id: customerId, sealed: review.sealed },
      ...{ state: 'waiting', entered_at: ctx.now },
      ...{ first_by: null, first_at: null, first_pass: null, first_minor: null, first_reason: null },
      ...{ decided_by: null, decided_at: null, reason: null },
    })
    .onConflict((conflict) => conflict.column('customer_id').where('state', '=', 'waiting').doNothing())
    .executeTakeFirst();
  if (placed.numInsertedOrUpdatedRows === 0n) throw problem['review-open']();
  await auditRecord(tx, ctx, {
    action: 'review.entered',
    subject: { kind: 'review', id },
    customerId,
    facts: { kind, cause },
  });
  return id;
}

/** The customer takes its documents back. Throws 404, `review-over`. */
export async function reviewWithdraw(
  tx: Tx,
  ctx: Ctx,
  input: { id: string; customerId: string },
): Promise<void> {
  const row = await tx
    .selectFrom('verification_review')
    .select(['id', 'state'])
    .where('id', '=', input.id)
    .where('customer_id', '=', input.customerId)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw common['not-found']();
  if (row.state !== 'waiting') throw problem['review-over']();
  await reviewErase(tx, row.id);
  await tx
    .updateTable('verification_review')
    .set({ state: 'withdrawn', sealed: null, of_age_at: null, decided_at: ctx.now })
    .where('id', '=', row.id)
    .execute();
  await auditRecord(tx, ctx, {
    action: 'review.withdrawn',
    subject: { kind: 'review', id: row.id },
    customerId: input.customerId,
  });
}

export async function reviewErase(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom('verification_review_file').where('review_id', '=', id).execute();
}

/** By what the file begins with; null for all else. Nothing here ever decodes it. */
export function mediaTypeOf(bytes: Buffer): string | null {
  if (bytes.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex'))) return 'image/png';
  if (bytes.subarray(0, 3).equals(Buffer.from('ffd8ff', 'hex'))) return 'image/jpeg';
  return /^%PDF-[12]\.\d/.test(bytes.subarray(0, 8).toString('latin1')) ? 'application/pdf' : null;
}

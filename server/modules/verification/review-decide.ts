import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { problem as common } from '#kernel/problem.ts';
import type { Sealer } from '#kernel/seal.ts';
import { pick } from '#kernel/text.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { accountsOf, identityFound } from './identity-found.ts';
import { verificationLock } from './policy-now.ts';
import { reviewErase } from './review-enter.ts';
import { problem } from './rules.ts';
import type { ReviewTable } from './tables.ts';
import './tables.ts';

export type Review = Selectable<ReviewTable>;

export interface Opened {
  name: string | null;
  number: string | null;
  files: { mediaType: string; bytes: Buffer }[];
  /** Of the brand's other accounts, how many are of this identity. */
  otherAccounts: number;
}

/** What waits is shown to a reviewer; that it was is on record. Throws 404, `review-over`. */
export async function reviewOpen(tx: Tx, ctx: Ctx, sealer: Sealer, id: string): Promise<Opened> {
  const row = await waiting(tx, ctx, id);
  const said = row.sealed ? (JSON.parse(sealer.open(row.sealed, `review:${id}`)) as Said) : null;
  const files = await tx
    .selectFrom('verification_review_file')
    .select(['id', 'media_type', 'sealed'])
    .where('review_id', '=', id)
    .orderBy('position')
    .execute();
  await auditRecord(tx, ctx, {
    action: 'review.looked-at',
    subject: { kind: 'review', id },
    customerId: row.customer_id,
    facts: { files: files.length },
  });
  return {
    name: said?.name ?? null,
    number: said?.number ?? null,
    files: files.map((file) => ({
      mediaType: file.media_type,
      bytes: Buffer.from(sealer.open(file.sealed, `review-file:${file.id}`), 'base64'),
    })),
    otherAccounts: await accountsOf(tx, ctx, row.blind, row.customer_id),
  };
}

interface Said {
  name: string;
  number: string;
}

export interface Judgement {
  id: string;
  pass: boolean;
  /** Needed to pass where the number didn't tell. */
  minor: boolean | null;
  /** What the customer is told. */
  reason: string;
}

/**
 * One of the staff judges. The first time that is kept; when another one finds the same it counts, and what the customer
 * handed in is erased; when they differ both look anew. Returns where it stands. Throws `review-own`, `review-over`,
 * `review-age`.
 */
export async function reviewDecide(
  tx: Tx,
  ctx: Ctx,
  input: Judgement,
): Promise<'seen-by-one' | 'differs' | 'passed' | 'failed'> {
  const row = await waiting(tx, ctx, input.id);
  await verificationLock(tx, row.customer_id);
  const { staffId } = staffOf(ctx);
  const minor = row.minor ?? (row.kind === 'company' ? false : input.minor);
  if (input.pass && minor === null) throw problem['review-age']();
  if (row.first_by === staffId) throw problem['review-own']();
  if (row.first_by === null) {
    await firstPut(tx, row.id, {
      ...{ first_by: staffId, first_at: ctx.now, first_pass: input.pass },
      ...{ first_minor: minor, first_reason: input.reason },
    });
    await record(tx, ctx, row, 'review.judged', { pass: input.pass });
    return 'seen-by-one';
  }
  if (row.first_pass !== input.pass || (input.pass && row.first_minor !== minor)) {
    await firstPut(tx, row.id, {
      ...{ first_by: null, first_at: null, first_pass: null, first_minor: null, first_reason: null },
    });
    await record(tx, ctx, row, 'review.differs', { first: row.first_by, pass: input.pass });
    return 'differs';
  }
  await settle(tx, ctx, row, { staffId, pass: input.pass, minor: minor ?? false, reason: input.reason });
  return input.pass ? 'passed' : 'failed';
}

async function settle(
  tx: Tx,
  ctx: Ctx,
  row: Review,
  by: { staffId: string; pass: boolean; minor: boolean; reason: string },
): Promise<void> {
  const { customer_id: customerId, kind, method, blind } = row;
  await reviewErase(tx, row.id);
  await tx
    .updateTable('verification_review')
    .set({
      ...{ state: by.pass ? 'passed' : 'failed', sealed: null, of_age_at: null },
      ...{ decided_by: by.staffId, decided_at: ctx.now, reason: by.reason },
    })
    .where('id', '=', row.id)
    .execute();
  if (by.pass) {
    const found = { customerId, kind, method, blind, minor: by.minor, ofAgeAt: row.of_age_at };
    if ((await identityFound(tx, ctx, found, true)) === 'another') throw problem['identity-another']();
  }
  const { user_id: userId, email, locale } = await customerRead(tx, customerId);
  const outcome = pick(by.pass ? { zh: '通过', en: 'passed' } : { zh: '未通过', en: 'not passed' }, locale);
  const notice = await noticeSend(tx, ctx, {
    kind: 'review-decided',
    dedupe: `review-decided:${row.id}`,
    to: { customerId, userId, email, locale },
    values: { outcome, reason: by.reason },
  });
  const facts = { pass: by.pass, first: row.first_by, reason: by.reason };
  await record(tx, ctx, row, by.pass ? 'review.passed' : 'review.failed', facts, [notice]);
}

type First = Pick<ReviewTable, 'first_by' | 'first_at' | 'first_pass' | 'first_minor' | 'first_reason'>;

async function firstPut(tx: Tx, id: string, first: First): Promise<void> {
  await tx.updateTable('verification_review').set(first).where('id', '=', id).execute();
}

async function waiting(tx: Tx, ctx: Ctx, id: string): Promise<Review> {
  const row = await tx
    .selectFrom('verification_review')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw common['not-found']();
  if (row.state !== 'waiting') throw problem['review-over']();
  return row;
}

function record(
  tx: Tx,
  ctx: Ctx,
  row: Review,
  action: string,
  facts: Record<string, unknown>,
  notices: string[] = [],
): Promise<void> {
  const subject = { kind: 'review', id: row.id };
  return auditRecord(tx, ctx, { action, subject, customerId: row.customer_id, facts, notices });
}

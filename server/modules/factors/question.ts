import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { checkPassword } from '#modules/identity/index.ts';
import { factorRecord, userOwner } from './owner.ts';
import type { Question } from './rules.ts';
import './tables.ts';

/**
 * 亚云 6.1: a question and its answer for getting a lost password back. Answers are easily found out, so it is only ever
 * the second step, after a code that was mailed, and only where there is no stronger factor.
 */

/** `answerHash`: argon2id of `answerForm`. */
export async function questionSet(
  tx: Tx,
  ctx: Ctx,
  userId: string,
  set: { question: Question; answerHash: string },
): Promise<void> {
  const row = { question: set.question, answer_hash: set.answerHash, set_at: ctx.now };
  await tx
    .insertInto('factors_question')
    .values({ user_id: userId, ...row })
    .onConflict((conflict) => conflict.column('user_id').doUpdateSet(row))
    .execute();
  await factorRecord(tx, ctx, userOwner(userId), 'question.set', { question: set.question });
}

/** False when there was none. */
export async function questionRemove(tx: Tx, ctx: Ctx, userId: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('factors_question')
    .where('user_id', '=', userId)
    .executeTakeFirst();
  if (numDeletedRows === 0n) return false;
  await factorRecord(tx, ctx, userOwner(userId), 'question.removed');
  return true;
}

export async function questionOf(db: Db | Tx, userId: string): Promise<string | null> {
  const row = await db
    .selectFrom('factors_question')
    .select('question')
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return row?.question ?? null;
}

/** As long where there is no question as where there is one. */
export async function questionAnswered(db: Db | Tx, userId: string, answer: string): Promise<boolean> {
  const row = await db
    .selectFrom('factors_question')
    .select('answer_hash')
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return checkPassword(row?.answer_hash ?? null, answerForm(answer));
}

/** What counts of an answer: not its case, its spaces or its signs. */
export function answerForm(answer: string): string {
  return answer
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

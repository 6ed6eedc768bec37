import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { Sealer } from '#kernel/seal.ts';
import {
  type Challenge,
  challengeFind,
  challengeGone,
  challengeMissed,
  challengeOpen,
  challengesVoid,
  type Factor,
  type FactorGiven,
  factorsOf,
  factorVerify,
  type Owner,
  questionAnswered,
  questionOf,
  securityChanged,
  userOwner,
} from '#modules/factors/index.ts';
import { customerOfUser, emailProved, passwordChange, phoneHeld } from '#modules/identity/index.ts';
import { problem } from './rules.ts';

/** Getting back a lost password: a code that was sent, a second step if the account has one, a new password. */

export interface RecoveryBegun {
  challenge: string;
  /** One of these is to be shown; none where the account has none. */
  factors: (Factor | 'question')[];
  /** Which question, if it may be answered. */
  question: string | null;
}

export type RecoveryStep = FactorGiven | { factor: 'question'; answer: string };

/** Whoever calls has seen that the person has the user's mailbox or phone (`by`). */
export async function recoveryOpen(
  tx: Tx,
  ctx: Ctx,
  userId: string,
  by: 'mail' | 'sms',
): Promise<RecoveryBegun> {
  const owner = userOwner(userId);
  const challenge = await challengeOpen(tx, ctx, { purpose: 'recovery', owner, takenBy: by });
  return { challenge, ...(await steps(tx, owner)) };
}

/** The question counts only where there is nothing stronger. */
async function steps(db: Db | Tx, owner: Owner) {
  const factors: (Factor | 'question')[] = await factorsOf(db, owner);
  const question = factors.length === 0 ? await questionOf(db, owner.ownerId) : null;
  if (question) factors.push('question');
  return { factors, question };
}

/**
 * The new password holds, and all sessions and all that was begun with the old one end; the owner is told. False when
 * the second step is wrong, which is counted: the caller commits before it refuses. Throws `challenge-gone` and
 * `second-step-missing`.
 */
export async function recoveryFinish(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  given: { challenge: string; passwordHash: string; step: RecoveryStep | null },
): Promise<boolean> {
  const challenge = await challengeFind(tx, ctx, given.challenge, 'recovery');
  if (challenge?.owner?.ownerKind !== 'user') throw challengeGone();
  const { owner } = challenge;
  const { factors } = await steps(tx, owner);
  if (factors.length > 0) {
    const { step } = given;
    if (!step || !factors.includes(step.factor)) throw problem['second-step-missing']();
    if (!(await stepIsRight(tx, ctx, sealer, { ...challenge, owner }, step))) {
      await challengeMissed(tx, challenge);
      return false;
    }
  }
  const userId = owner.ownerId;
  await challengesVoid(tx, owner);
  if (challenge.takenBy === 'mail') await emailProved(tx, ctx, userId);
  else await phoneHeld(tx, ctx, userId);
  const { passwordHash } = given;
  const customerId = await customerOfUser(tx, userId);
  await passwordChange(tx, ctx, { userId, customerId, passwordHash, stays: null });
  await securityChanged(tx, ctx, userId, 'password-recovered');
  return true;
}

async function stepIsRight(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  challenge: Challenge & { owner: Owner },
  step: RecoveryStep,
): Promise<boolean> {
  if (step.factor === 'question') return questionAnswered(tx, challenge.owner.ownerId, step.answer);
  return factorVerify(tx, ctx, sealer, challenge, step);
}

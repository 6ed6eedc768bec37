import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Sealer } from '#kernel/seal.ts';
import {
  challengeClose,
  challengeFind,
  challengeGone,
  challengeMissed,
  challengeOpen,
  type Factor,
  type FactorGiven,
  factorsOf,
  factorVerify,
  userOwner,
} from '#modules/factors/index.ts';
import { type OpenedSession, phoneHeld } from '#modules/identity/index.ts';
import type { SignedInBy } from './rules.ts';
import { sessionBegin } from './session-begin.ts';

/** A sign-in that waits for its second factor. */
export interface SignInChallenge {
  /** Comes back with the factor. */
  challenge: string;
  factors: Factor[];
}

export type SignInEnd = { session: OpenedSession } | { challenge: SignInChallenge };

export interface SignIn {
  userId: string;
  customerId: string;
  by: SignedInBy;
}

/**
 * Where every way to sign in ends. A passkey has checked its owner itself and is enough; after anything else whoever
 * has set up a second factor is asked for it.
 */
export async function signInFinish(tx: Tx, ctx: Ctx, { userId, customerId, by }: SignIn): Promise<SignInEnd> {
  const owner = userOwner(userId);
  const factors = by === 'passkey' ? [] : await factorsOf(tx, owner);
  if (factors.length === 0) return { session: await sessionBegin(tx, ctx, { userId, customerId }, by) };
  const challenge = await challengeOpen(tx, ctx, { purpose: 'sign-in', owner, customerId, takenBy: by });
  return { challenge: { challenge, factors } };
}

/**
 * The second step of a sign-in. Null when the factor is wrong, which is counted: the caller commits before it refuses.
 * Throws `challenge-gone`.
 */
export async function signInSecond(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  given: { challenge: string; factor: FactorGiven },
): Promise<OpenedSession | null> {
  const challenge = await challengeFind(tx, ctx, given.challenge, 'sign-in');
  if (challenge?.owner?.ownerKind !== 'user' || !challenge.customerId) throw challengeGone();
  const { owner, customerId } = challenge;
  if (!(await factorVerify(tx, ctx, sealer, { ...challenge, owner }, given.factor))) {
    await challengeMissed(tx, challenge);
    return null;
  }
  await challengeClose(tx, challenge);
  if (challenge.takenBy === 'sms-code') await phoneHeld(tx, ctx, owner.ownerId);
  const by = `${challenge.takenBy ?? 'password'}+${given.factor.factor}`;
  return sessionBegin(tx, ctx, { userId: owner.ownerId, customerId }, by);
}

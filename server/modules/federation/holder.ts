import { randomInt } from 'node:crypto';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import { type Sealer, sameSecret, tokenHash } from '#kernel/seal.ts';
import { addMs } from '#kernel/time.ts';
import { type RecoveryBegun, recoveryOpen, type SignInEnd, signInFinish } from '#modules/entrance/index.ts';
import {
  challengeClose,
  challengeFind,
  challengeGone,
  challengeMissed,
  challengeOpen,
  challengeTakesCode,
  factorsOf,
  type Owner,
  userOwner,
} from '#modules/factors/index.ts';
import { checkPassword, phoneHeld, userRead } from '#modules/identity/index.ts';
import { HELD_DAYS, HOLDER_MINUTES, type HolderWay, problem } from './rules.ts';

declare module '#kernel/house.ts' {
  interface Ports {
    /** Whether a person's real name is known, and whether this is the number of their identity card. */
    holderIdentity: {
      known(db: Db | Tx, customerId: string): Promise<boolean>;
      is(db: Db | Tx, sealer: Sealer, customerId: string, number: string): Promise<boolean>;
    };
  }
}

/** Whose number it is, and what its code was given for. */
export interface Held {
  userId: string;
  customerId: string;
  for: 'sign-in' | 'recovery';
}

/** What somebody with a number that may have changed hands is to show. */
export interface HolderAsked {
  challenge: string;
  /** One of these. */
  holder: HolderWay[];
}

/**
 * A number that is given up goes to somebody else after 90 days at the soonest (decision 0040), so a code that came back
 * within them shows its user. After that whoever has a second factor is asked for it anyway; all others show one thing
 * that a stranger with the number doesn't have. Null when nothing is to be asked. Throws `phone-holder-unknown`.
 */
export async function holderAsk(
  tx: Tx,
  ctx: Ctx,
  identity: House['ports']['holderIdentity'],
  held: Held,
): Promise<HolderAsked | null> {
  const owner = userOwner(held.userId);
  const user = await userRead(tx, held.userId);
  const lately = user.phone_verified_at && user.phone_verified_at > addMs(ctx.now, -HELD_DAYS * 86_400_000);
  if (lately || (await factorsOf(tx, owner)).length > 0) return null;
  const holder: HolderWay[] = [];
  // Whoever lost the password can't be asked for it.
  if (held.for === 'sign-in' && user.password_hash !== null) holder.push('password');
  if (user.email_verified_at) holder.push('mail');
  if (await identity.known(tx, held.customerId)) holder.push('identity');
  if (holder.length === 0) throw problem['phone-holder-unknown']();
  const { customerId } = held;
  const takenBy = TAKEN_BY[held.for];
  return {
    challenge: await challengeOpen(tx, ctx, { purpose: 'holder', owner, customerId, takenBy }),
    holder,
  };
}

const TAKEN_BY = { 'sign-in': 'sms-code', recovery: 'sms-recovery' } as const;

export type HolderGiven =
  | { way: 'password'; password: string }
  | { way: 'mail'; code: string }
  | { way: 'identity'; number: string };

export type HolderEnd = { signIn: SignInEnd } | { recovery: RecoveryBegun };

/** A code by mail for a challenge that takes one. Throws `challenge-gone`. */
export async function holderMail(tx: Tx, ctx: Ctx, token: string): Promise<void> {
  const challenge = await challengeFind(tx, ctx, token, 'holder');
  if (!challenge?.owner) throw challengeGone();
  const { ownerId: userId } = challenge.owner;
  const { email, email_verified_at, locale } = await userRead(tx, userId);
  if (!email || !email_verified_at) throw challengeGone();
  const code = String(randomInt(1_000_000)).padStart(6, '0');
  await challengeTakesCode(tx, challenge, codeHash(token, code));
  await ctx.bus.emit(tx, ctx, 'user.code-issued', { userId, email, locale, code, minutes: HOLDER_MINUTES });
}

/** Whether what takes long to compare is right; null where that is seen with the challenge in hand. */
export async function holderWeighed(
  house: House,
  owner: Owner,
  given: HolderGiven,
  customerId: string,
): Promise<boolean | null> {
  if (given.way === 'password') {
    const { password_hash } = await userRead(house.db, owner.ownerId);
    return checkPassword(password_hash, given.password);
  }
  if (given.way === 'identity')
    return house.ports.holderIdentity.is(house.db, house.sealer, customerId, given.number);
  return null;
}

/**
 * The number is its user's: what its code was given for goes on. Null when what was shown is wrong, which is counted:
 * the caller commits before it refuses. Throws `challenge-gone`.
 */
export async function holderShow(
  tx: Tx,
  ctx: Ctx,
  given: { token: string; shown: HolderGiven; weighed: boolean | null },
): Promise<HolderEnd | null> {
  const challenge = await challengeFind(tx, ctx, given.token, 'holder');
  if (!challenge?.owner || !challenge.customerId) throw challengeGone();
  const { owner, customerId, takenBy } = challenge;
  const { shown, token } = given;
  // A password that may be the one that was lost opens no recovery.
  const fits = shown.way !== 'password' || takenBy === TAKEN_BY['sign-in'];
  const right =
    shown.way === 'mail'
      ? challenge.codeHash !== null && sameSecret(challenge.codeHash, codeHash(token, shown.code))
      : given.weighed === true;
  if (!fits || !right) {
    await challengeMissed(tx, challenge);
    return null;
  }
  await challengeClose(tx, challenge);
  const userId = owner.ownerId;
  await phoneHeld(tx, ctx, userId);
  if (takenBy === TAKEN_BY.recovery) return { recovery: await recoveryOpen(tx, ctx, userId, 'sms') };
  return { signIn: await signInFinish(tx, ctx, { userId, customerId, by: 'sms-code' }) };
}

function codeHash(token: string, code: string): Buffer {
  return tokenHash(`holder:${token}:${code}`);
}

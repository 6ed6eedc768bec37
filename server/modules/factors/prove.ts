import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Sealer } from '#kernel/seal.ts';
import { sessionFactorShown, sessionProve } from '#modules/identity/index.ts';
import { challengeClose, challengeFind, challengeMissed, challengeOpen } from './challenge.ts';
import { ownOwner } from './owner.ts';
import type { PasskeyAsked } from './passkey-enrol.ts';
import type { PasskeyPlace } from './passkey-place.ts';
import { passkeyAskAt } from './passkey-verify.ts';
import { problem } from './rules.ts';
import { type FactorGiven, factorVerify } from './second-factor.ts';

/** A question to the actor's own passkeys, by which the session proves itself anew. */
export async function provePasskeyStart(
  tx: Tx,
  ctx: Ctx,
  place: PasskeyPlace,
): Promise<PasskeyAsked<object>> {
  const owner = ownOwner(ctx);
  const token = await challengeOpen(tx, ctx, { purpose: 'prove', owner });
  return {
    challenge: token,
    options: { ...(await passkeyAskAt(tx, ctx, { token, purpose: 'prove' }, place)) },
  };
}

/**
 * The actor's session has shown a factor of its own; false when it is wrong: the caller commits before it refuses.
 * `challenge` comes with a passkey. Throws `challenge-gone`.
 */
export async function proveFactor(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  given: FactorGiven & { challenge?: string },
): Promise<boolean> {
  const owner = ownOwner(ctx);
  const right =
    given.factor === 'passkey'
      ? await byPasskey(tx, ctx, sealer, given)
      : await factorVerify(tx, ctx, sealer, { ...NONE, owner }, given);
  if (right) {
    await sessionProve(tx, ctx, given.factor);
    await sessionFactorShown(tx, ctx);
  }
  return right;
}

const NONE = {
  tokenHash: Buffer.alloc(0),
  customerId: null,
  takenBy: null,
  passkeyChallenge: null,
  codeHash: null,
};

async function byPasskey(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  given: FactorGiven & { challenge?: string },
): Promise<boolean> {
  const owner = ownOwner(ctx);
  const found = await challengeFind(tx, ctx, given.challenge ?? '', 'prove');
  if (found?.owner?.ownerKind !== owner.ownerKind || found.owner.ownerId !== owner.ownerId)
    throw problem['challenge-gone']();
  const right = await factorVerify(tx, ctx, sealer, { ...found, owner }, given);
  await (right ? challengeClose(tx, found) : challengeMissed(tx, found));
  return right;
}

import {
  type AuthenticationResponseJSON,
  generateAuthenticationOptions,
  type PublicKeyCredentialRequestOptionsJSON,
  verifyAuthenticationResponse,
} from '@simplewebauthn/server';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import {
  type Challenge,
  challengeAsksPasskey,
  challengeFind,
  challengeOpen,
  type Purpose,
} from './challenge.ts';
import { factorRecord } from './owner.ts';
import { handleOf, type PasskeyAsked } from './passkey-enrol.ts';
import type { PasskeyPlace } from './passkey-place.ts';
import { passkeyList } from './passkey-read.ts';
import { type Owner, problem } from './rules.ts';
import './tables.ts';

type Asked = PublicKeyCredentialRequestOptionsJSON;

/** For a sign-in without a name: any passkey of this host may answer, and says whose it is. */
export async function passkeyAskAnyone(tx: Tx, ctx: Ctx, place: PasskeyPlace): Promise<PasskeyAsked<Asked>> {
  const options = await generateAuthenticationOptions({ rpID: place.rpId, userVerification: 'required' });
  const begun = { purpose: 'passkey-sign-in' as const, owner: null, passkeyChallenge: options.challenge };
  return { challenge: await challengeOpen(tx, ctx, begun), options };
}

/** For a challenge of somebody known: one of the owner's own passkeys is to sign it. */
async function passkeyAsk(
  tx: Tx,
  challenge: Challenge & { owner: Owner },
  place: PasskeyPlace,
): Promise<Asked> {
  const known = await passkeyList(tx, challenge.owner);
  const options = await generateAuthenticationOptions({
    rpID: place.rpId,
    userVerification: 'required',
    allowCredentials: known
      .filter((row) => row.rp_id === place.rpId && !row.refused_at)
      .map((row) => ({ id: row.credential_id, transports: row.transports })),
  });
  await challengeAsksPasskey(tx, challenge, options.challenge);
  return options;
}

/** What a passkey is to sign for what somebody began and has the token of. Throws `challenge-gone`. */
export async function passkeyAskAt(
  tx: Tx,
  ctx: Ctx,
  begun: { token: string; purpose: Purpose },
  place: PasskeyPlace,
): Promise<Asked> {
  const found = await challengeFind(tx, ctx, begun.token, begun.purpose);
  if (!found?.owner) throw problem['challenge-gone']();
  return passkeyAsk(tx, { ...found, owner: found.owner }, place);
}

/**
 * Whose passkey signed the challenge here and now; null when none did that we know, that belongs to the challenge's
 * owner, and whose counter went on. One whose counter went back may have been copied (WebAuthn §6.1.1): it is refused
 * from then on, so the caller commits before it refuses.
 */
export async function passkeyVerify(
  tx: Tx,
  ctx: Ctx,
  challenge: Challenge,
  place: PasskeyPlace,
  response: AuthenticationResponseJSON,
): Promise<Owner | null> {
  if (!challenge.passkeyChallenge) return null;
  const row = await tx
    .selectFrom('factors_passkey')
    .selectAll()
    .where('credential_id', '=', response.id)
    .where('rp_id', '=', place.rpId)
    .where('refused_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!row) return null;
  const owner: Owner = { ownerKind: row.owner_kind, ownerId: row.owner_id };
  if (challenge.owner && !sameOwner(challenge.owner, owner)) return null;
  if (!challenge.owner && response.response.userHandle !== handle(owner)) return null;
  const counter = await signedCounter(challenge.passkeyChallenge, place, response, row);
  if (counter === null) return null;
  if ((counter > 0n || row.sign_count > 0n) && counter <= row.sign_count) {
    await tx.updateTable('factors_passkey').set({ refused_at: ctx.now }).where('id', '=', row.id).execute();
    const facts = { passkey: row.id, known: String(row.sign_count), shown: String(counter) };
    await factorRecord(tx, ctx, owner, 'passkey.counter-went-back', facts);
    return null;
  }
  await tx
    .updateTable('factors_passkey')
    .set({ sign_count: counter, last_used_at: ctx.now })
    .where('id', '=', row.id)
    .execute();
  return owner;
}

/** Null when the signature, the origin, the host or the check of its owner is wrong. */
async function signedCounter(
  expectedChallenge: string,
  place: PasskeyPlace,
  response: AuthenticationResponseJSON,
  row: { credential_id: string; public_key: Buffer },
): Promise<bigint | null> {
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response,
      expectedChallenge,
      expectedOrigin: place.origin,
      expectedRPID: place.rpId,
      requireUserVerification: true,
      // The counter is compared by whoever called, who also has to act on it.
      credential: { id: row.credential_id, publicKey: new Uint8Array(row.public_key), counter: 0 },
    });
    return verified ? BigInt(authenticationInfo.newCounter) : null;
  } catch {
    return null;
  }
}

function sameOwner(a: Owner, b: Owner): boolean {
  return a.ownerKind === b.ownerKind && a.ownerId === b.ownerId;
}

function handle(owner: Owner): string {
  return Buffer.from(handleOf(owner)).toString('base64url');
}

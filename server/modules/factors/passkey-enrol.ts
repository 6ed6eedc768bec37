import {
  generateRegistrationOptions,
  type PublicKeyCredentialCreationOptionsJSON,
  type RegistrationResponseJSON,
  verifyRegistrationResponse,
} from '@simplewebauthn/server';
import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { challengeClose, challengeFind, challengeOpen } from './challenge.ts';
import { factorRecord } from './owner.ts';
import type { PasskeyPlace } from './passkey-place.ts';
import { passkeyList } from './passkey-read.ts';
import { type Owner, PASSKEYS_AT_MOST, problem } from './rules.ts';
import './tables.ts';

export interface PasskeyAsked<T> {
  /** Comes back with the answer. */
  challenge: string;
  options: T;
}

/**
 * What a browser needs to make a passkey: one that is found without a name, and that checks its owner by PIN,
 * fingerprint or face. Throws `passkeys-full`.
 */
export async function passkeyEnrolStart(
  tx: Tx,
  ctx: Ctx,
  owner: Owner,
  place: PasskeyPlace,
  name: string,
): Promise<PasskeyAsked<PublicKeyCredentialCreationOptionsJSON>> {
  const known = await passkeyList(tx, owner);
  if (known.length >= PASSKEYS_AT_MOST) throw problem['passkeys-full']();
  const options = await generateRegistrationOptions({
    rpName: ctx.brand.name[ctx.locale],
    rpID: place.rpId,
    userName: name,
    userDisplayName: name,
    userID: handleOf(owner),
    attestationType: 'none',
    excludeCredentials: known.map((row) => ({ id: row.credential_id, transports: row.transports })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
  });
  const challenge = await challengeOpen(tx, ctx, {
    purpose: 'passkey-enrol',
    owner,
    passkeyChallenge: options.challenge,
  });
  return { challenge, options };
}

/** Returns the new passkey's id. Throws `challenge-gone` and `passkey-refused`. */
export async function passkeyEnrolFinish(
  tx: Tx,
  ctx: Ctx,
  owner: Owner,
  place: PasskeyPlace,
  given: { challenge: string; response: RegistrationResponseJSON; name: string },
): Promise<string> {
  const challenge = await challengeFind(tx, ctx, given.challenge, 'passkey-enrol');
  if (!challenge?.passkeyChallenge || challenge.owner?.ownerId !== owner.ownerId)
    throw problem['challenge-gone']();
  const made = await verified(challenge.passkeyChallenge, place, given.response);
  const { credential } = made;
  const id = newId();
  try {
    await tx
      .insertInto('factors_passkey')
      .values({
        id,
        owner_kind: owner.ownerKind,
        owner_id: owner.ownerId,
        rp_id: place.rpId,
        credential_id: credential.id,
        public_key: Buffer.from(credential.publicKey),
        sign_count: BigInt(credential.counter),
        transports: (credential.transports ?? []).filter((text) => /^[a-z-]{2,20}$/.test(text)),
        name: given.name,
        synced: made.credentialBackedUp,
        created_at: ctx.now,
        last_used_at: null,
        refused_at: null,
      })
      .execute();
  } catch (error) {
    if (violated(error) === 'factors_passkey_known') throw problem['passkey-refused']();
    throw error;
  }
  await challengeClose(tx, challenge);
  await factorRecord(tx, ctx, owner, 'passkey.enrolled', { passkey: id, name: given.name });
  return id;
}

async function verified(expectedChallenge: string, place: PasskeyPlace, response: RegistrationResponseJSON) {
  try {
    const { registrationInfo } = await verifyRegistrationResponse({
      response,
      expectedChallenge,
      expectedOrigin: place.origin,
      expectedRPID: place.rpId,
      requireUserVerification: true,
    });
    if (registrationInfo) return registrationInfo;
  } catch {
    // Whatever is wrong with it, a stranger isn't told which.
  }
  throw problem['passkey-refused']();
}

/** By it an authenticator tells whose passkey it is; it says nothing of a person (WebAuthn §14.6.1). */
export function handleOf(owner: Owner): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(`${owner.ownerKind}:${owner.ownerId}`));
}

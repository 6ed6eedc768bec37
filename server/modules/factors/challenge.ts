import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newToken, tokenHash } from '#kernel/seal.ts';
import { addMinutes } from '#kernel/time.ts';
import { CHALLENGE_ATTEMPTS, CHALLENGE_MINUTES, type Owner } from './rules.ts';
import type { ChallengeTable } from './tables.ts';

export type Purpose = ChallengeTable['purpose'];

export interface Challenge {
  tokenHash: Buffer;
  /** Null where whoever answers says who it is: a passkey that was asked for without a name. */
  owner: Owner | null;
  customerId: string | null;
  takenBy: string | null;
  passkeyChallenge: string | null;
  /** Of a code that was mailed for it. */
  codeHash: Buffer | null;
}

export interface ChallengeBegun {
  purpose: Purpose;
  owner: Owner | null;
  /** In whose name a user signs in. */
  customerId?: string;
  takenBy?: string;
  passkeyChallenge?: string;
}

/** Something that waits for an answer; its token, which only who began it has, is needed to answer. */
export async function challengeOpen(tx: Tx, ctx: Ctx, begun: ChallengeBegun): Promise<string> {
  const token = newToken();
  await tx
    .insertInto('factors_challenge')
    .values({
      token_hash: tokenHash(token),
      purpose: begun.purpose,
      brand: ctx.brand.id,
      owner_kind: begun.owner?.ownerKind ?? null,
      owner_id: begun.owner?.ownerId ?? null,
      customer_id: begun.customerId ?? null,
      taken_by: begun.takenBy ?? null,
      passkey_challenge: begun.passkeyChallenge ?? null,
      created_at: ctx.now,
      expires_at: addMinutes(ctx.now, CHALLENGE_MINUTES),
    })
    .execute();
  return token;
}

/**
 * The challenge of that token, ours until the transaction ends. Null when there is none of that purpose on this brand,
 * it is too old, or was answered wrongly too often.
 */
export async function challengeFind(
  tx: Tx,
  ctx: Ctx,
  token: string,
  purpose: Purpose,
): Promise<Challenge | null> {
  const row = await tx
    .selectFrom('factors_challenge')
    .selectAll()
    .where('token_hash', '=', tokenHash(token))
    .where('purpose', '=', purpose)
    .where('brand', '=', ctx.brand.id)
    .where('expires_at', '>', ctx.now)
    .where('attempts', '<', CHALLENGE_ATTEMPTS)
    .forUpdate()
    .executeTakeFirst();
  if (!row) return null;
  const owner = row.owner_kind && row.owner_id ? { ownerKind: row.owner_kind, ownerId: row.owner_id } : null;
  return {
    tokenHash: row.token_hash,
    owner,
    customerId: row.customer_id,
    takenBy: row.taken_by,
    passkeyChallenge: row.passkey_challenge,
    codeHash: row.code_hash,
  };
}

/** Whose challenge it is, for counting attempts before it is looked at; null when there is none. */
export async function challengeOwner(db: Db, ctx: Ctx, token: string): Promise<Owner | null> {
  const row = await db
    .selectFrom('factors_challenge')
    .select(['owner_kind', 'owner_id'])
    .where('token_hash', '=', tokenHash(token))
    .where('brand', '=', ctx.brand.id)
    .where('expires_at', '>', ctx.now)
    .executeTakeFirst();
  return row?.owner_kind && row.owner_id ? { ownerKind: row.owner_kind, ownerId: row.owner_id } : null;
}

/** A wrong answer is counted: the caller must commit before it refuses. */
export async function challengeMissed(tx: Tx, challenge: Challenge): Promise<void> {
  await tx
    .updateTable('factors_challenge')
    .set((e) => ({ attempts: e('attempts', '+', 1) }))
    .where('token_hash', '=', challenge.tokenHash)
    .execute();
}

/** What a passkey is to sign for a challenge that waits for one; an earlier question is void. */
export async function challengeAsksPasskey(tx: Tx, challenge: Challenge, asked: string): Promise<void> {
  await tx
    .updateTable('factors_challenge')
    .set({ passkey_challenge: asked })
    .where('token_hash', '=', challenge.tokenHash)
    .execute();
}

/** A code was mailed for a challenge; an earlier one is void. */
export async function challengeTakesCode(tx: Tx, challenge: Challenge, codeHash: Buffer): Promise<void> {
  await tx
    .updateTable('factors_challenge')
    .set({ code_hash: codeHash })
    .where('token_hash', '=', challenge.tokenHash)
    .execute();
}

/** Answered: it can’t be again. */
export async function challengeClose(tx: Tx, challenge: Challenge): Promise<void> {
  await tx.deleteFrom('factors_challenge').where('token_hash', '=', challenge.tokenHash).execute();
}

/** Whatever its owner, or somebody else in its name, began is void. */
export async function challengesVoid(tx: Tx, owner: Owner): Promise<void> {
  await tx
    .deleteFrom('factors_challenge')
    .where('owner_kind', '=', owner.ownerKind)
    .where('owner_id', '=', owner.ownerId)
    .execute();
}

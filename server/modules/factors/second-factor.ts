import type { AuthenticationResponseJSON } from '@simplewebauthn/server';
import type { FastifyRequest } from 'fastify';
import type { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import type { Sealer } from '#kernel/seal.ts';
import type { Challenge } from './challenge.ts';
import { type PasskeyPlace, passkeyPlace } from './passkey-place.ts';
import { passkeyVerify } from './passkey-verify.ts';
import { recoveryCodeUse } from './recovery-code.ts';
import type { Factor, Owner } from './rules.ts';
import type { factorGiven } from './schemas.ts';
import { totpVerify } from './totp.ts';

/** What somebody shows beside a password. */
export type FactorGiven =
  | { factor: 'totp' | 'recovery-code'; code: string }
  | { factor: 'passkey'; response: AuthenticationResponseJSON; place: PasskeyPlace };

/** A factor as a request brings it; a passkey has to be of where the request came to. */
export function factorAt(
  house: House,
  request: FastifyRequest,
  given: z.infer<typeof factorGiven>,
): FactorGiven {
  if (given.factor !== 'passkey') return given;
  return { ...given, place: passkeyPlace(house, request) };
}

/** What an owner may be asked for. Recovery codes alone are no factor: they stand in for one that was lost. */
export async function factorsOf(db: Db | Tx, { ownerKind, ownerId }: Owner): Promise<Factor[]> {
  const has = await db
    .selectNoFrom(({ exists, selectFrom }) => [
      exists(
        selectFrom('factors_totp')
          .select('id')
          .where('owner_kind', '=', ownerKind)
          .where('owner_id', '=', ownerId)
          .where('confirmed_at', 'is not', null),
      ).as('totp'),
      exists(
        selectFrom('factors_passkey')
          .select('id')
          .where('owner_kind', '=', ownerKind)
          .where('owner_id', '=', ownerId)
          .where('refused_at', 'is', null),
      ).as('passkey'),
      exists(
        selectFrom('factors_recovery_code')
          .select('owner_id')
          .where('owner_kind', '=', ownerKind)
          .where('owner_id', '=', ownerId)
          .where('used_at', 'is', null),
      ).as('recovery-code'),
    ])
    .executeTakeFirstOrThrow();
  if (!has.totp && !has.passkey) return [];
  return (['totp', 'passkey', 'recovery-code'] as const).filter((factor) => has[factor]);
}

/** Whether it is right and the challenge's owner's. A wrong one may leave a trace: the caller commits before it refuses. */
export async function factorVerify(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  challenge: Challenge & { owner: Owner },
  given: FactorGiven,
): Promise<boolean> {
  const { owner } = challenge;
  if (given.factor === 'passkey')
    return (await passkeyVerify(tx, ctx, challenge, given.place, given.response)) !== null;
  if (given.factor === 'totp') return totpVerify(tx, ctx, sealer, owner, given.code);
  return recoveryCodeUse(tx, ctx, owner, given.code);
}

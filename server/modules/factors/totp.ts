import { Secret, TOTP } from 'otpauth';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import type { Sealer } from '#kernel/seal.ts';
import { factorRecord } from './owner.ts';
import { type Owner, problem, TOTP_DIGITS, TOTP_DRIFT, TOTP_SECONDS } from './rules.ts';
import './tables.ts';

/** Time-based one-time passwords (RFC 6238): SHA-1, six digits, 30 seconds, as every authenticator can. */

export interface TotpEnrolment {
  /** Base32, for typing. */
  secret: string;
  /** `otpauth://`, for the QR code. */
  uri: string;
}

/** A fresh secret of 160 bits (RFC 4226 §4); an older one that was never confirmed is void. Throws `totp-on`. */
export async function totpEnrol(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  owner: Owner,
  label: string,
): Promise<TotpEnrolment> {
  if (await totpIsOn(tx, owner)) throw problem['totp-on']();
  const secret = new Secret({ size: 20 });
  const id = newId();
  await mine(tx.deleteFrom('factors_totp'), owner).where('confirmed_at', 'is', null).execute();
  await tx
    .insertInto('factors_totp')
    .values({
      id,
      owner_kind: owner.ownerKind,
      owner_id: owner.ownerId,
      secret_sealed: sealer.seal(secret.base32, sealedAs(id)),
      created_at: ctx.now,
      confirmed_at: null,
      last_used_at: null,
      last_step: null,
    })
    .execute();
  return { secret: secret.base32, uri: generator(secret, ctx.brand.name[ctx.locale], label).toString() };
}

/** The authenticator holds from now on, if this is its code. */
export async function totpConfirm(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  owner: Owner,
  code: string,
): Promise<boolean> {
  const right = await totpTake(tx, ctx, sealer, owner, code, 'waiting');
  if (!right) return false;
  await tx.updateTable('factors_totp').set({ confirmed_at: ctx.now }).where('id', '=', right).execute();
  await factorRecord(tx, ctx, owner, 'totp.enrolled');
  return true;
}

/** Whether this is the code of now, or of a step beside it; each is taken once. */
export async function totpVerify(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  owner: Owner,
  code: string,
): Promise<boolean> {
  return (await totpTake(tx, ctx, sealer, owner, code, 'confirmed')) !== null;
}

/** Where somebody is to have one from the start: a secret that its owner knows already. For seeds and tests. */
export async function totpSet(tx: Tx, ctx: Ctx, sealer: Sealer, owner: Owner, secret: string): Promise<void> {
  const id = newId();
  await mine(tx.deleteFrom('factors_totp'), owner).execute();
  await tx
    .insertInto('factors_totp')
    .values({
      id,
      owner_kind: owner.ownerKind,
      owner_id: owner.ownerId,
      secret_sealed: sealer.seal(Secret.fromBase32(secret).base32, sealedAs(id)),
      created_at: ctx.now,
      confirmed_at: ctx.now,
      last_used_at: null,
      last_step: null,
    })
    .execute();
}

/** False when none was on; one that was never confirmed goes silently. */
export async function totpRemove(tx: Tx, ctx: Ctx, owner: Owner): Promise<boolean> {
  const on = await totpIsOn(tx, owner);
  await mine(tx.deleteFrom('factors_totp'), owner).execute();
  if (on) await factorRecord(tx, ctx, owner, 'totp.removed');
  return on;
}

export async function totpIsOn(db: Db | Tx, owner: Owner): Promise<boolean> {
  const row = await mine(db.selectFrom('factors_totp').select('id'), owner)
    .where('confirmed_at', 'is not', null)
    .executeTakeFirst();
  return row !== undefined;
}

/** The code that an authenticator with this secret shows at an instant. For seeds and tests. */
export function totpCode(secret: string, at: Date): string {
  return generator(Secret.fromBase32(secret), '', '').generate({ timestamp: at.getTime() });
}

async function totpTake(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  owner: Owner,
  code: string,
  state: 'waiting' | 'confirmed',
): Promise<string | null> {
  const row = await mine(tx.selectFrom('factors_totp').selectAll(), owner)
    .where('confirmed_at', state === 'waiting' ? 'is' : 'is not', null)
    .forUpdate()
    .executeTakeFirst();
  if (!row) return null;
  const secret = Secret.fromBase32(sealer.open(row.secret_sealed, sealedAs(row.id)));
  const at = ctx.now.getTime();
  const drift = generator(secret, '', '').validate({ token: code, timestamp: at, window: TOTP_DRIFT });
  if (drift === null) return null;
  const step = BigInt(Math.floor(at / 1_000 / TOTP_SECONDS) + drift);
  if (row.last_step !== null && step <= row.last_step) return null;
  await tx
    .updateTable('factors_totp')
    .set({ last_step: step, last_used_at: ctx.now })
    .where('id', '=', row.id)
    .execute();
  return row.id;
}

function generator(secret: Secret, issuer: string, label: string): TOTP {
  return new TOTP({ secret, issuer, label, algorithm: 'SHA1', digits: TOTP_DIGITS, period: TOTP_SECONDS });
}

function sealedAs(id: string): string {
  return `totp:${id}`;
}

function mine<Q extends { where(column: 'owner_kind' | 'owner_id', is: '=', value: string): Q }>(
  query: Q,
  owner: Owner,
): Q {
  return query.where('owner_kind', '=', owner.ownerKind).where('owner_id', '=', owner.ownerId);
}

import { randomInt } from 'node:crypto';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { tokenHash } from '#kernel/seal.ts';
import { factorRecord } from './owner.ts';
import { type Owner, RECOVERY_CODES } from './rules.ts';
import './tables.ts';

/** Without what is read for something else: 0 and O, 1, I and L. */
const ALPHABET = '23456789ABCDEFGHJKMNPQRSTUVWXYZ';
const GROUPS = 6;
const GROUP = 4;

/**
 * Ten fresh codes, which are shown once; those from before are void. Each has 118 bits, so that a fast hash keeps it
 * (ASVS 5.0 6.5.2).
 */
export async function recoveryCodesIssue(tx: Tx, ctx: Ctx, owner: Owner): Promise<string[]> {
  const codes = Array.from({ length: RECOVERY_CODES }, newCode);
  await recoveryCodesRemove(tx, owner);
  await tx
    .insertInto('factors_recovery_code')
    .values(
      codes.map((code) => ({
        code_hash: codeHash(owner, code),
        owner_kind: owner.ownerKind,
        owner_id: owner.ownerId,
        created_at: ctx.now,
        used_at: null,
      })),
    )
    .execute();
  await factorRecord(tx, ctx, owner, 'recovery-codes.issued');
  return codes;
}

/** Whether this is one of the codes and wasn't used before; now it is. */
export async function recoveryCodeUse(tx: Tx, ctx: Ctx, owner: Owner, code: string): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('factors_recovery_code')
    .set({ used_at: ctx.now })
    .where('code_hash', '=', codeHash(owner, code))
    .where('owner_kind', '=', owner.ownerKind)
    .where('owner_id', '=', owner.ownerId)
    .where('used_at', 'is', null)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await factorRecord(tx, ctx, owner, 'recovery-code.used', { left: await recoveryCodesLeft(tx, owner) });
  return true;
}

export async function recoveryCodesLeft(db: Db | Tx, owner: Owner): Promise<number> {
  const { left } = await db
    .selectFrom('factors_recovery_code')
    .select((e) => e.fn.countAll<bigint>().as('left'))
    .where('owner_kind', '=', owner.ownerKind)
    .where('owner_id', '=', owner.ownerId)
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow();
  return Number(left);
}

export async function recoveryCodesRemove(tx: Tx, owner: Owner): Promise<void> {
  await tx
    .deleteFrom('factors_recovery_code')
    .where('owner_kind', '=', owner.ownerKind)
    .where('owner_id', '=', owner.ownerId)
    .execute();
}

function newCode(): string {
  const group = () => Array.from({ length: GROUP }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
  return Array.from({ length: GROUPS }, group).join('-');
}

/** As it was typed: in any case, with or without its dashes. */
function codeHash(owner: Owner, code: string): Buffer {
  return tokenHash(`${owner.ownerKind}:${owner.ownerId}:${code.toUpperCase().replace(/[^0-9A-Z]/g, '')}`);
}

import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { challengesVoid } from './challenge.ts';
import { factorRecord } from './owner.ts';
import { recoveryCodesRemove } from './recovery-code.ts';
import type { Owner } from './rules.ts';
import { totpRemove } from './totp.ts';
import './tables.ts';

/** All that an owner could show beside a password goes: for whoever lost everything, once others know who it is. */
export async function factorsRemove(tx: Tx, ctx: Ctx, owner: Owner): Promise<void> {
  await totpRemove(tx, ctx, owner);
  await recoveryCodesRemove(tx, owner);
  await tx
    .deleteFrom('factors_passkey')
    .where('owner_kind', '=', owner.ownerKind)
    .where('owner_id', '=', owner.ownerId)
    .execute();
  await challengesVoid(tx, owner);
  if (owner.ownerKind === 'user')
    await tx.deleteFrom('factors_question').where('user_id', '=', owner.ownerId).execute();
  await factorRecord(tx, ctx, owner, 'factors.removed');
}

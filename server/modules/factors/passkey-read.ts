import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { factorRecord } from './owner.ts';
import type { Owner } from './rules.ts';
import './tables.ts';

export function passkeyList(db: Db | Tx, owner: Owner) {
  return db
    .selectFrom('factors_passkey')
    .selectAll()
    .where('owner_kind', '=', owner.ownerKind)
    .where('owner_id', '=', owner.ownerId)
    .orderBy('created_at')
    .execute();
}

/** False when the owner has none of that id. */
export async function passkeyRename(
  tx: Tx,
  ctx: Ctx,
  owner: Owner,
  { id, name }: { id: string; name: string },
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('factors_passkey')
    .set({ name })
    .where('id', '=', id)
    .where('owner_kind', '=', owner.ownerKind)
    .where('owner_id', '=', owner.ownerId)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) return false;
  await factorRecord(tx, ctx, owner, 'passkey.renamed', { passkey: id, name });
  return true;
}

/** False when the owner has none of that id. */
export async function passkeyRemove(tx: Tx, ctx: Ctx, owner: Owner, id: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('factors_passkey')
    .where('id', '=', id)
    .where('owner_kind', '=', owner.ownerKind)
    .where('owner_id', '=', owner.ownerId)
    .executeTakeFirst();
  if (numDeletedRows === 0n) return false;
  await factorRecord(tx, ctx, owner, 'passkey.removed', { passkey: id });
  return true;
}

import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customerOfUser } from '#modules/identity/index.ts';
import { type Owner, problem } from './rules.ts';

export function userOwner(userId: string): Owner {
  return { ownerKind: 'user', ownerId: userId };
}

export function staffOwner(staffId: string): Owner {
  return { ownerKind: 'staff', ownerId: staffId };
}

/** Whose factors a request is about: those of whoever has the session. Nobody acts on them for somebody else. */
export function ownOwner({ actor }: Ctx): Owner {
  if (actor.kind === 'staff') return staffOwner(actor.staffId);
  if (actor.kind === 'customer' && !actor.keyId && !actor.behalf) return userOwner(actor.userId);
  throw problem['prove-again']();
}

/** What was done to somebody's factors; a user's is told to its customer too. */
export async function factorRecord(
  tx: Tx,
  ctx: Ctx,
  owner: Owner,
  action: string,
  facts: Record<string, unknown> = {},
): Promise<void> {
  await auditRecord(tx, ctx, {
    action,
    subject: { kind: owner.ownerKind, id: owner.ownerId },
    customerId: await customerIdOf(tx, ctx, owner),
    facts,
  });
}

async function customerIdOf(db: Db | Tx, { actor }: Ctx, owner: Owner): Promise<string | null> {
  if (owner.ownerKind === 'staff') return null;
  return actor.kind === 'customer' ? actor.customerId : customerOfUser(db, owner.ownerId);
}

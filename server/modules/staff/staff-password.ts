import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { normalEmail, staffSessionsEnd } from '#modules/identity/index.ts';
import './tables.ts';

/** The member of the staff with this address; null when there is none, or they left. */
export async function staffByEmail(db: Db | Tx, email: string): Promise<string | null> {
  const row = await db
    .selectFrom('identity_staff')
    .select('id')
    .where('email_normal', '=', normalEmail(email))
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return row?.id ?? null;
}

/** A new password for a member of staff, whose sessions all end. False when there is none of that address. */
export async function staffPassword(
  tx: Tx,
  ctx: Ctx,
  input: { email: string; passwordHash: string },
): Promise<boolean> {
  const staffId = await staffByEmail(tx, input.email);
  if (!staffId) return false;
  await staffPasswordSet(tx, ctx, { staffId, passwordHash: input.passwordHash });
  return true;
}

export async function staffPasswordSet(
  tx: Tx,
  ctx: Ctx,
  input: { staffId: string; passwordHash: string },
): Promise<void> {
  await tx
    .updateTable('identity_staff')
    .set({ password_hash: input.passwordHash })
    .where('id', '=', input.staffId)
    .execute();
  await staffSessionsEnd(tx, ctx, input.staffId);
  await auditRecord(tx, ctx, {
    action: 'staff.password-set',
    subject: { kind: 'staff', id: input.staffId },
    customerId: null,
  });
}

/** The same password, kept at today's cost; nothing when it was changed meanwhile. */
export async function staffPasswordStrengthen(
  tx: Tx,
  { staffId, was, becomes }: { staffId: string; was: string; becomes: string },
): Promise<void> {
  await tx
    .updateTable('identity_staff')
    .set({ password_hash: becomes })
    .where('id', '=', staffId)
    .where('password_hash', '=', was)
    .execute();
}

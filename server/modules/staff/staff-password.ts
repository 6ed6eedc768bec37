import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { normalEmail, staffSessionsEnd } from '#modules/identity/index.ts';
import './tables.ts';

/** A new password for a member of staff, whose sessions all end. False when there is none of that address. */
export async function staffPassword(
  tx: Tx,
  ctx: Ctx,
  input: { email: string; passwordHash: string },
): Promise<boolean> {
  const staff = await tx
    .updateTable('identity_staff')
    .set({ password_hash: input.passwordHash })
    .where('email_normal', '=', normalEmail(input.email))
    .returning('id')
    .executeTakeFirst();
  if (!staff) return false;
  await staffSessionsEnd(tx, ctx, staff.id);
  await auditRecord(tx, ctx, {
    action: 'staff.password-set',
    subject: { kind: 'staff', id: staff.id },
    customerId: null,
  });
  return true;
}

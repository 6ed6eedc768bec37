import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { sameSecret } from '#kernel/seal.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { codeHash } from './code-issue.ts';
import { CODE_ATTEMPTS } from './rules.ts';
import './tables.ts';

/**
 * Whoever has the code has the mailbox, so the password given with it becomes the account's: one that a stranger
 * typed when signing up with this address never opens it.
 *
 * True when the code is the newest one for this user, unexpired and not guessed at too often. A wrong try is
 * counted, so the caller must commit before it refuses.
 */
export async function emailVerify(
  tx: Tx,
  ctx: Ctx,
  user: { id: string; customerId: string },
  given: { code: string; passwordHash: string },
): Promise<boolean> {
  const row = await tx
    .selectFrom('identity_email_code')
    .selectAll()
    .where('user_id', '=', user.id)
    .forUpdate()
    .executeTakeFirst();
  if (!row || row.expires_at <= ctx.now || row.attempts >= CODE_ATTEMPTS) return false;
  if (!sameSecret(row.code_hash, codeHash(user.id, given.code))) {
    await tx
      .updateTable('identity_email_code')
      .set({ attempts: row.attempts + 1 })
      .where('user_id', '=', user.id)
      .execute();
    return false;
  }
  await tx.deleteFrom('identity_email_code').where('user_id', '=', user.id).execute();
  await tx
    .updateTable('identity_user')
    .set({ email_verified_at: ctx.now, password_hash: given.passwordHash })
    .where('id', '=', user.id)
    .execute();
  await auditRecord(tx, ctx, {
    action: 'user.email-verified',
    subject: { kind: 'user', id: user.id },
    customerId: user.customerId,
  });
  return true;
}

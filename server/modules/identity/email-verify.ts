import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import { sameSecret } from '#kernel/seal.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { codeHash } from './code-issue.ts';
import { CODE_ATTEMPTS, normalEmail, problem } from './rules.ts';
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

/**
 * A mailbox that was verified becomes the user's: mail goes there, and it signs in. Returns the one before, null when there
 * was none or the same. Throws `email-taken`.
 */
export async function emailSet(
  tx: Tx,
  ctx: Ctx,
  { userId, email }: { userId: string; email: string },
): Promise<string | null> {
  const { email: before } = await tx
    .selectFrom('identity_user')
    .select('email')
    .where('id', '=', userId)
    .forUpdate()
    .executeTakeFirstOrThrow();
  try {
    await tx
      .updateTable('identity_user')
      .set({ email, email_normal: normalEmail(email), email_verified_at: ctx.now, email_invalid_at: null })
      .where('id', '=', userId)
      .execute();
  } catch (error) {
    if (violated(error) === 'identity_user_email_taken') throw problem['email-taken']();
    throw error;
  }
  return before === null || normalEmail(before) === normalEmail(email) ? null : before;
}

/** Mail to the customer's mailbox was refused for good. */
export async function emailInvalid(tx: Tx, ctx: Ctx, customerId: string): Promise<void> {
  await tx
    .updateTable('identity_user as u')
    .from('identity_member as m')
    .set({ email_invalid_at: ctx.now })
    .whereRef('m.user_id', '=', 'u.id')
    .where('m.role', '=', 'owner')
    .where('m.customer_id', '=', customerId)
    .execute();
}

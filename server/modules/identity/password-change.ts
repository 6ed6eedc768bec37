import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { checkPassword } from './password.ts';
import './tables.ts';

export interface NewPassword {
  userId: string;
  customerId: string | null;
  /** argon2id, PHC string. */
  passwordHash: string;
  /** The session that it was changed in; null when it was lost, and all sessions end. */
  stays: string | null;
}

/** Sets the new password and ends every other session of the user (蓝天云 2.3). Returns how many were ended. */
export async function passwordChange(tx: Tx, ctx: Ctx, changed: NewPassword): Promise<number> {
  const { userId, customerId, passwordHash, stays } = changed;
  await tx
    .updateTable('identity_user')
    .set({ password_hash: passwordHash })
    .where('id', '=', userId)
    .execute();
  const sessionsEnded = await userSessionsEnd(tx, ctx, userId, stays);
  await auditRecord(tx, ctx, {
    action: stays ? 'user.password-changed' : 'user.password-recovered',
    subject: { kind: 'user', id: userId },
    customerId,
    facts: { sessions_ended: sessionsEnded },
  });
  return sessionsEnded;
}

/** The same password, kept at today's cost; nothing when it was changed meanwhile. */
export async function passwordStrengthen(
  tx: Tx,
  { userId, was, becomes }: { userId: string; was: string; becomes: string },
): Promise<void> {
  await tx
    .updateTable('identity_user')
    .set({ password_hash: becomes })
    .where('id', '=', userId)
    .where('password_hash', '=', was)
    .execute();
}

/** Ends the user's sessions but the one that stays. Returns how many were ended. */
export async function userSessionsEnd(
  tx: Tx,
  ctx: Ctx,
  userId: string,
  stays: string | null,
): Promise<number> {
  const ended = await tx
    .updateTable('identity_session')
    .set({ ended_at: ctx.now })
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .$if(stays !== null, (q) => q.where('id', '!=', stays!))
    .executeTakeFirst();
  return Number(ended.numUpdatedRows);
}

/** For acts that a session alone doesn't allow. As long as an account without a match. */
export async function passwordIsOf(db: Db | Tx, userId: string, password: string): Promise<boolean> {
  const user = await db
    .selectFrom('identity_user')
    .select('password_hash')
    .where('id', '=', userId)
    .executeTakeFirstOrThrow();
  return checkPassword(user.password_hash, password);
}

/** Whoever has the code that was mailed there has the mailbox. */
export async function emailProved(tx: Tx, ctx: Ctx, userId: string): Promise<void> {
  await tx
    .updateTable('identity_user')
    .set({ email_verified_at: ctx.now })
    .where('id', '=', userId)
    .where('email_verified_at', 'is', null)
    .execute();
}

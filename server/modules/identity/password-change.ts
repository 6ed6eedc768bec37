import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { customerOf } from '#kernel/http.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { checkPassword } from './password.ts';
import './tables.ts';

/** Sets the new password and ends every other session of the user (蓝天云 2.3). Returns how many were ended. */
export async function passwordChange(tx: Tx, ctx: Ctx, passwordHash: string): Promise<number> {
  const { userId, customerId, sessionId } = customerOf(ctx);
  await tx
    .updateTable('identity_user')
    .set({ password_hash: passwordHash })
    .where('id', '=', userId)
    .execute();
  const ended = await tx
    .updateTable('identity_session')
    .set({ ended_at: ctx.now })
    .where('user_id', '=', userId)
    .where('id', '!=', sessionId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  const sessionsEnded = Number(ended.numUpdatedRows);
  await auditRecord(tx, ctx, {
    action: 'user.password-changed',
    subject: { kind: 'user', id: userId },
    customerId,
    facts: { sessions_ended: sessionsEnded },
  });
  return sessionsEnded;
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

import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { isOpen } from './session-list.ts';
import './tables.ts';

/** Open sessions of a member of the staff on all brands, newest first. */
export function staffSessions(db: Db | Tx, staffId: string, now: Date) {
  return db
    .selectFrom('identity_session')
    .select(['id', 'brand', 'created_at', 'last_seen_at', 'expires_at', 'ip', 'user_agent'])
    .where('staff_id', '=', staffId)
    .where(isOpen(now))
    .orderBy('id', 'desc')
    .limit(100)
    .execute();
}

/** Whether one of these sessions was opened with this browser. */
export async function staffDeviceKnown(
  db: Db | Tx,
  sessionIds: readonly string[],
  userAgent: string | null,
): Promise<boolean> {
  const row = await db
    .selectFrom('identity_session')
    .select('id')
    .where('id', 'in', sessionIds)
    .where('user_agent', 'is not distinct from', userAgent)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** Ends all sessions of a member of the staff, or all but one; or the one named. Returns how many were ended. */
export async function staffSessionsEnd(
  tx: Tx,
  ctx: Ctx,
  staffId: string,
  which: { except?: string; only?: string } = {},
): Promise<number> {
  const ended = await tx
    .updateTable('identity_session')
    .set({ ended_at: ctx.now })
    .where('staff_id', '=', staffId)
    .where('ended_at', 'is', null)
    .$if(which.except !== undefined, (q) => q.where('id', '!=', which.except!))
    .$if(which.only !== undefined, (q) => q.where('id', '=', which.only!))
    .executeTakeFirst();
  return Number(ended.numUpdatedRows);
}

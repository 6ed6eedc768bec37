import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import './tables.ts';

/** Open sessions of a member of the staff on all brands, newest first. */
export function staffSessions(db: Db | Tx, staffId: string, now: Date) {
  return db
    .selectFrom('identity_session')
    .select(['id', 'brand', 'created_at', 'last_seen_at', 'expires_at', 'ip', 'user_agent'])
    .where('staff_id', '=', staffId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .orderBy('id', 'desc')
    .limit(100)
    .execute();
}

/** Whether this member of the staff was ever signed in with this browser; of one who never signed in before, true. */
export async function staffDeviceKnown(
  db: Db | Tx,
  staffId: string,
  sessionId: string,
  userAgent: string | null,
): Promise<boolean> {
  const { all, same } = await db
    .selectFrom('identity_session')
    .select((e) => [
      e.fn.countAll<bigint>().as('all'),
      e.fn.countAll<bigint>().filterWhere('user_agent', 'is not distinct from', userAgent).as('same'),
    ])
    .where('staff_id', '=', staffId)
    .where('id', '!=', sessionId)
    .executeTakeFirstOrThrow();
  return all === 0n || same > 0n;
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

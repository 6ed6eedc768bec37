import type { Actor, Ctx } from '#kernel/ctx.ts';
import type { Db } from '#kernel/db.ts';
import { EVERYTHING } from '#kernel/grant.ts';
import { tokenHash } from '#kernel/seal.ts';
import { addMinutes } from '#kernel/time.ts';
import './tables.ts';

/** Whose session a token opens, on this brand and now; null when it opens none. Read from the database each time (F61). */
export async function sessionActor(db: Db, ctx: Ctx, token: string): Promise<Actor | null> {
  const row = await db
    .selectFrom('identity_session')
    .select(['id', 'user_id', 'customer_id', 'staff_id', 'last_seen_at'])
    .where('token_hash', '=', tokenHash(token))
    .where('ended_at', 'is', null)
    .where('expires_at', '>', ctx.now)
    .where('brand', '=', ctx.brand.id)
    .executeTakeFirst();
  if (!row) return null;
  if (row.last_seen_at < addMinutes(ctx.now, -5)) {
    await db
      .updateTable('identity_session')
      .set({ last_seen_at: ctx.now, ip: ctx.ip })
      .where('id', '=', row.id)
      .execute();
  }
  const { id: sessionId, staff_id: staffId, customer_id: customerId, user_id: userId } = row;
  if (staffId) return { kind: 'staff', staffId, sessionId, grant: EVERYTHING };
  const by = { customerId: customerId!, userId: userId! };
  return { kind: 'customer', ...by, sessionId, grant: EVERYTHING, keyId: null, behalf: null };
}

/** Whether a session that was opened is still good; for connections that outlive their first request (F61). */
export async function sessionAlive(db: Db, sessionId: string, now: Date): Promise<boolean> {
  const row = await db
    .selectFrom('identity_session')
    .select('id')
    .where('id', '=', sessionId)
    .where('ended_at', 'is', null)
    .where('expires_at', '>', now)
    .executeTakeFirst();
  return row !== undefined;
}

import { sql } from 'kysely';
import type { Db } from '#kernel/db.ts';
import './tables.ts';

/**
 * In a world whose clock is moved nobody was away: the sessions that are open at `from` move on with it to `to`, and
 * what was proved in them, and when they were used, is as fresh as before.
 */
export async function sessionsCarry(db: Db, from: Date, to: Date): Promise<void> {
  const ms = to.getTime() - from.getTime();
  await db
    .updateTable('identity_session')
    .set({
      expires_at: sql<Date>`expires_at + ${ms} * interval '1 millisecond'`,
      last_seen_at: sql<Date>`last_seen_at + ${ms} * interval '1 millisecond'`,
      proved_at: sql<Date>`proved_at + ${ms} * interval '1 millisecond'`,
    })
    .where('ended_at', 'is', null)
    .where('expires_at', '>', from)
    .execute();
}

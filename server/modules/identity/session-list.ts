import { sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import { addMinutes } from '#kernel/time.ts';
import './tables.ts';

/** Where from a user has signed in is remembered for so long. */
const REMEMBERED_DAYS = 180;
const LOOKED_AT = 200;

/** Not ended, not too old, and used lately enough. */
export function isOpen(now: Date) {
  return sql<boolean>`ended_at is null and expires_at > ${now}
    and last_seen_at + make_interval(secs => idle_seconds) > ${now}`;
}

/** A user's open sessions, the one seen last first. */
export function userSessions(db: Db | Tx, userId: string, now: Date) {
  return db
    .selectFrom('identity_session')
    .select(['id', 'created_at', 'last_seen_at', 'ip', 'user_agent', 'opened_by'])
    .where('user_id', '=', userId)
    .where(isOpen(now))
    .orderBy('last_seen_at', 'desc')
    .limit(100)
    .execute();
}

/** From which machines and with which programs a user came before, ended sessions too. */
export function userSessionsBefore(db: Db | Tx, userId: string, now: Date) {
  return db
    .selectFrom('identity_session')
    .select(['ip', 'user_agent'])
    .where('user_id', '=', userId)
    .where('last_seen_at', '>', addMinutes(now, -REMEMBERED_DAYS * 24 * 60))
    .orderBy('last_seen_at', 'desc')
    .limit(LOOKED_AT)
    .execute();
}

import { sql } from 'kysely';
import type { Db, Tx } from '#kernel/db.ts';
import { addMinutes } from '#kernel/time.ts';
import { SESSION_DAYS } from './rules.ts';
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

/** From where a session was opened. */
export interface Came {
  ip: string | null;
  user_agent: string | null;
}

/**
 * The query for where a user came from before, ended sessions too, each pair of machine and program once. A session
 * begins no longer before its last use than it lives.
 */
export function cameBefore(tx: Tx, userId: string, now: Date) {
  const remembered = (days: number) => addMinutes(now, -days * 24 * 60);
  return tx
    .selectFrom((from) =>
      from
        .selectFrom('identity_session')
        .select(['ip', 'user_agent'])
        .where('user_id', '=', userId)
        .where('created_at', '>', remembered(REMEMBERED_DAYS + SESSION_DAYS))
        .where('last_seen_at', '>', remembered(REMEMBERED_DAYS))
        .orderBy('created_at', 'desc')
        .limit(LOOKED_AT)
        .as('latest'),
    )
    .select(['ip', 'user_agent'])
    .distinct();
}

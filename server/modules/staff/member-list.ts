import { sql } from 'kysely';
import type { Db } from '#kernel/db.ts';
import { factorsOf, staffOwner } from '#modules/factors/index.ts';
import { staffSessions } from '#modules/identity/index.ts';
import './tables.ts';

/** All members of the staff with their roles, factors and open sessions; who left stands last. */
export async function memberList(db: Db, now: Date) {
  const rows = await db
    .selectFrom('identity_staff')
    .select(['id', 'email', 'name', 'created_at', 'ended_at', 'erased_at'])
    .orderBy(sql`ended_at is not null`)
    .orderBy('created_at')
    .limit(500)
    .execute();
  const holdings = await db.selectFrom('staff_holding').select(['staff_id', 'role', 'brand']).execute();
  const resets = await db
    .selectFrom('staff_factor_reset')
    .select(['id', 'staff_id', 'asked_by', 'reason', 'asked_at'])
    .where('state', '=', 'waiting')
    .where('expires_at', '>', now)
    .execute();
  return Promise.all(
    rows.map(async (row) => ({
      ...row,
      factors: await factorsOf(db, staffOwner(row.id)),
      sessions: (await staffSessions(db, row.id, now)).length,
      holdings: holdings.filter(({ staff_id }) => staff_id === row.id),
      reset: resets.find(({ staff_id }) => staff_id === row.id) ?? null,
    })),
  );
}

export function roleList(db: Db) {
  return db
    .selectFrom('staff_role')
    .select(['id', 'name', 'areas'])
    .where('ended_at', 'is', null)
    .orderBy('name')
    .execute();
}

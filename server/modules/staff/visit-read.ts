import type { Actor, Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { mayDo } from '#kernel/grant.ts';
import { sessionAlive } from '#modules/identity/index.ts';
import { staffGrant } from './grant-read.ts';
import { visitGrant } from './rules.ts';
import './tables.ts';

type CustomerActor = Extract<Actor, { kind: 'customer' }>;

/** The visit of a session that staff opened as a customer, while it lasts. */
export function visitOf(db: Db | Tx, sessionId: string, now: Date) {
  return db
    .selectFrom('staff_visit')
    .innerJoin('identity_staff', 'identity_staff.id', 'staff_visit.staff_id')
    .select(['staff_visit.id', 'staff_id', 'staff_session_id', 'reason', 'writes', 'expires_at', 'name'])
    .where('session_id', '=', sessionId)
    .where('staff_visit.ended_at', 'is', null)
    .where('expires_at', '>', now)
    .where('identity_staff.ended_at', 'is', null)
    .executeTakeFirst();
}

/**
 * What staff may do in a customer's place, asked at each request: null once the visit, the session that it was opened
 * from, or the right of its staff to make visits has ended.
 */
export async function visitActor(db: Db, ctx: Ctx, actor: CustomerActor): Promise<CustomerActor | null> {
  const visit = await visitOf(db, actor.sessionId, ctx.now);
  if (!visit) return null;
  if (!(await sessionAlive(db, visit.staff_session_id, ctx.now))) return null;
  const own = await staffGrant(db, visit.staff_id, ctx.brand.id);
  if (!mayDo(own, 'customers', 'write')) return null;
  return { ...actor, grant: visitGrant(visit.writes) };
}

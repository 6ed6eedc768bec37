import { CompiledQuery, type Selectable } from 'kysely';
import type { Actor, Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { EVERYTHING, type Grant } from '#kernel/grant.ts';
import { tokenHash } from '#kernel/seal.ts';
import { addMinutes } from '#kernel/time.ts';
import { grantOf } from './rules.ts';
import { isOpen } from './session-list.ts';
import type { MemberTable } from './tables.ts';

type Member = Selectable<MemberTable>;

interface Opened {
  id: string;
  user_id: string | null;
  customer_id: string | null;
  staff_id: string | null;
  behalf_staff_id: string | null;
  last_seen_at: Date;
  role: Member['role'] | null;
  areas: Member['areas'];
  services: Member['services'];
  /** The customer's owner asks for a second factor. */
  required: boolean | null;
  factor_at: Date | null;
}

/** How exactly the last use is known. */
const SEEN_MINUTES = 5;

/** Asked with every request that shows a session. */
const BY_TOKEN = `select s.id, s.user_id, s.customer_id, s.staff_id, s.behalf_staff_id, s.last_seen_at, s.factor_at, m.role, m.areas, m.services,
    c.second_factor_required as required
  from identity_session s
  left join identity_customer c on c.id = s.customer_id
  left join identity_member m on m.customer_id = s.customer_id and m.user_id = s.user_id
  where s.token_hash = $1 and s.ended_at is null and s.expires_at > $2 and s.brand = $3
    and s.last_seen_at + make_interval(secs => s.idle_seconds) > $2`;

/**
 * Whose session a token opens, on this brand and now, and what its person may do in the customer that it stands in;
 * null when it opens none, or the person is no member any more. Read from the database each time (F61). That it was
 * used is written every five minutes at most.
 */
export async function sessionActor(db: Db, ctx: Ctx, token: string): Promise<Actor | null> {
  const asked = CompiledQuery.raw(BY_TOKEN, [tokenHash(token), ctx.now, ctx.brand.id]);
  const [row] = (await db.executeQuery<Opened>(asked)).rows;
  if (!row || (row.staff_id === null && row.role === null)) return null;
  if (!ctx.unattended && row.last_seen_at < addMinutes(ctx.now, -SEEN_MINUTES)) {
    await db
      .updateTable('identity_session')
      .set({ last_seen_at: ctx.now, ip: ctx.ip })
      .where('id', '=', row.id)
      .execute();
  }
  const { id: sessionId, staff_id: staffId, customer_id: customerId, user_id: userId, role } = row;
  if (staffId) return { kind: 'staff', staffId, sessionId, grant: EVERYTHING };
  const grant = grantOf({ role: role!, areas: row.areas, services: row.services });
  const by = { customerId: customerId!, userId: userId! };
  const behalf = row.behalf_staff_id;
  const lacking = !behalf && !row.factor_at && (row.required || ctx.brand.second_factor === 'required');
  const actor = { kind: 'customer' as const, ...by, sessionId, grant, keyId: null, behalf };
  return lacking ? { ...actor, factorAsked: true } : actor;
}

/** Whether a session that was opened is still good; for connections that outlive their first request (F61). */
export async function sessionAlive(db: Db, sessionId: string, now: Date): Promise<boolean> {
  const row = await db
    .selectFrom('identity_session')
    .select('id')
    .where('id', '=', sessionId)
    .where(isOpen(now))
    .executeTakeFirst();
  return row !== undefined;
}

/** What a person may do in a customer now; null for who is no member. */
export async function grantOfMember(db: Db | Tx, customerId: string, userId: string): Promise<Grant | null> {
  const member = await db
    .selectFrom('identity_member')
    .select(['role', 'areas', 'services'])
    .where('customer_id', '=', customerId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  return member ? grantOf(member) : null;
}

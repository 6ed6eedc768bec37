import type { Actor, Ctx } from '#kernel/ctx.ts';
import type { Db } from '#kernel/db.ts';
import { sessionActor } from '#modules/identity/index.ts';
import { roleOf } from './grant-read.ts';
import { builtIn, problem, together } from './rules.ts';
import './tables.ts';

export type StaffActor = Extract<Actor, { kind: 'staff' }>;

/**
 * Whose session a token of staff opens on this brand, and what they may do there now: roles are read each time, so
 * that a change holds at once (F61). `beforeFactor`: for the way to show the second factor or to enrol one; without
 * it, a session that hasn't shown one throws `second-factor-needed`, and one that was opened by a password that somebody
 * else made `own-password-needed`.
 */
export async function staffActor(
  db: Db,
  ctx: Ctx,
  token: string,
  beforeFactor: boolean,
): Promise<StaffActor | null> {
  const actor = await sessionActor(db, ctx, token);
  if (actor?.kind !== 'staff') return null;
  const rows = await db
    .selectFrom('staff_proof')
    .innerJoin('identity_staff', 'identity_staff.id', 'staff_proof.staff_id')
    .leftJoin('staff_holding', (on) =>
      on
        .onRef('staff_holding.staff_id', '=', 'staff_proof.staff_id')
        .on((e) => e.or([e('staff_holding.brand', 'is', null), e('staff_holding.brand', '=', ctx.brand.id)])),
    )
    .leftJoin('staff_role', (on) =>
      on.on((e) => e(e.cast<string>('staff_role.id', 'text'), '=', e.ref('staff_holding.role'))),
    )
    .select(['staff_holding.role', 'staff_role.areas', 'identity_staff.password_given_until'])
    .where('staff_proof.session_id', '=', actor.sessionId)
    .where('identity_staff.ended_at', 'is', null)
    .execute();
  if (rows.length === 0) {
    if (!beforeFactor) throw problem['second-factor-needed']();
    return { ...actor, grant: together([]) };
  }
  if (rows[0]!.password_given_until) {
    if (!beforeFactor) throw problem['own-password-needed']();
    return { ...actor, grant: together([]) };
  }
  const grants = rows.flatMap(({ role, areas }) => (role ? [builtIn(role) ?? roleOf(areas ?? {})] : []));
  return { ...actor, grant: together(grants) };
}

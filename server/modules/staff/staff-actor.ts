import type { Actor, Ctx } from '#kernel/ctx.ts';
import type { Db } from '#kernel/db.ts';
import { sessionActor } from '#modules/identity/index.ts';
import { roleOf } from './grant-read.ts';
import { builtIn, NOTHING, together } from './rules.ts';
import './tables.ts';

export type StaffActor = Extract<Actor, { kind: 'staff' }>;

/**
 * Whose session a token of staff opens on this brand, and what they may do there now: roles are read each time, so
 * that a change holds at once (F61). Before the second factor was shown that is nothing (`proved`).
 */
export async function staffActor(
  db: Db,
  ctx: Ctx,
  token: string,
): Promise<{ actor: StaffActor; proved: boolean } | null> {
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
    .select(['staff_holding.role', 'staff_role.areas'])
    .where('staff_proof.session_id', '=', actor.sessionId)
    .where('identity_staff.ended_at', 'is', null)
    .execute();
  if (rows.length === 0) return { actor: { ...actor, grant: NOTHING }, proved: false };
  const grants = rows.flatMap(({ role, areas }) => (role ? [builtIn(role) ?? roleOf(areas ?? {})] : []));
  return { actor: { ...actor, grant: together(grants) }, proved: true };
}

import type { Grant } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { type Areas, builtIn, type Holding, together } from './rules.ts';
import './tables.ts';

/**
 * What a member of the staff may do on a brand's site, read anew at each request so that a change of roles holds at
 * once (F61). With `null` for the brand: what they may do on all of them.
 */
export async function staffGrant(db: Db | Tx, staffId: string, brand: string | null): Promise<Grant> {
  const rows = await db
    .selectFrom('staff_holding')
    .leftJoin('staff_role', (on) =>
      on.on((e) => e(e.cast<string>('staff_role.id', 'text'), '=', e.ref('staff_holding.role'))),
    )
    .select(['staff_holding.role', 'staff_role.areas'])
    .where('staff_holding.staff_id', '=', staffId)
    .where((e) => e.or([e('staff_holding.brand', 'is', null), e('staff_holding.brand', '=', brand)]))
    .execute();
  return together(rows.map(({ role, areas }) => builtIn(role) ?? roleOf(areas ?? {})));
}

/** What one role allows, which nobody ends meanwhile; null when there is none of that name. */
export async function roleGrant(tx: Tx, role: string): Promise<Grant | null> {
  const known = builtIn(role);
  if (known) return known;
  const row = await tx
    .selectFrom('staff_role')
    .select('areas')
    .where((e) => e(e.cast<string>('id', 'text'), '=', role))
    .where('ended_at', 'is', null)
    .forShare()
    .executeTakeFirst();
  return row ? roleOf(row.areas) : null;
}

export function holdingsOf(db: Db | Tx, staffId: string): Promise<Holding[]> {
  return db.selectFrom('staff_holding').select(['role', 'brand']).where('staff_id', '=', staffId).execute();
}

export const roleOf = (areas: Areas): Grant => ({ all: false, areas, services: null });

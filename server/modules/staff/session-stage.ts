import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import './tables.ts';

export const areas = z.record(z.string(), z.enum(['read', 'write']));

/** As a page sees them. */
export function shownAreas(
  given: Partial<Record<string, 'read' | 'write'>>,
): Record<string, 'read' | 'write'> {
  return Object.fromEntries(Object.entries(given).flatMap(([area, does]) => (does ? [[area, does]] : [])));
}

/** What a session of staff still needs before it opens the back office. */
export type Stage = 'enrol' | 'second-factor' | 'password' | 'done';

export async function stageOf(db: Db | Tx, ctx: Ctx, hasFactor: boolean): Promise<Stage> {
  const proof = await db
    .selectFrom('staff_proof')
    .innerJoin('identity_staff', 'identity_staff.id', 'staff_proof.staff_id')
    .select('identity_staff.password_given_until')
    .where('staff_proof.session_id', '=', staffOf(ctx).sessionId)
    .executeTakeFirst();
  if (proof) return proof.password_given_until ? 'password' : 'done';
  return hasFactor ? 'second-factor' : 'enrol';
}

import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { type OpenedSession, sessionEnd, sessionOpen, staffDeviceKnown } from '#modules/identity/index.ts';
import { staffTell } from './told.ts';
import './tables.ts';

/** So many earlier sessions are looked at for the same browser. */
const REMEMBERED = 200;

/**
 * The second factor was shown in the actor's session. The first time that session gives way to a fresh one with a token
 * of its own (ASVS 5.0 7.2.4), which is returned; later nothing changes, and null is returned.
 */
export async function staffElevate(tx: Tx, ctx: Ctx, by: string): Promise<OpenedSession | null> {
  const { staffId, sessionId } = staffOf(ctx);
  const known = await tx
    .updateTable('staff_proof')
    .set({ at: ctx.now })
    .where('session_id', '=', sessionId)
    .executeTakeFirst();
  if (known.numUpdatedRows > 0n) return null;
  const before = await tx
    .selectFrom('staff_proof')
    .select('session_id')
    .where('staff_id', '=', staffId)
    .orderBy('at', 'desc')
    .limit(REMEMBERED)
    .execute();
  const opened = await sessionOpen(tx, ctx, { staffId }, `password+${by}`);
  await tx
    .insertInto('staff_proof')
    .values({ session_id: opened.sessionId, staff_id: staffId, at: ctx.now })
    .execute();
  await sessionEnd(tx, ctx, sessionId);
  const ids = before.map((row) => row.session_id);
  if (ids.length > 0 && !(await staffDeviceKnown(tx, ids, ctx.userAgent)))
    await staffTell(tx, ctx, staffId, 'staff-new-device', {
      device: ctx.userAgent ?? '—',
      ip: ctx.ip ?? '—',
      at: ctx.now.toISOString(),
    });
  return opened;
}

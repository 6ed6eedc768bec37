import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { staffSessionsEnd } from '#modules/identity/index.ts';
import { holdingsOf } from './grant-read.ts';
import { adminStays, lockRoles, mayGrant, memberLocked } from './holdings-set.ts';
import './tables.ts';

/**
 * Somebody leaves: they sign in no more, their sessions end, their roles are kept on record in the audit log. Throws
 * `grant-too-far` where they have more than the actor, `last-admin`.
 */
export async function memberEnd(tx: Tx, ctx: Ctx, brands: readonly string[], staffId: string): Promise<void> {
  await lockRoles(tx);
  const { id } = await memberLocked(tx, staffId);
  const holdings = await holdingsOf(tx, id);
  await mayGrant(tx, ctx, brands, holdings);
  await tx.updateTable('identity_staff').set({ ended_at: ctx.now }).where('id', '=', id).execute();
  await tx.deleteFrom('staff_holding').where('staff_id', '=', id).execute();
  await adminStays(tx);
  const sessions = await staffSessionsEnd(tx, ctx, id);
  await auditRecord(tx, ctx, {
    action: 'staff.left',
    subject: { kind: 'staff', id },
    customerId: null,
    facts: { roles: holdings, sessions_ended: sessions },
  });
}

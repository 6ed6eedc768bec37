import { randomBytes } from 'node:crypto';
import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { staffSessionsEnd } from '#modules/identity/index.ts';
import { holdingsOf } from './grant-read.ts';
import { adminStays, lockRoles, mayGrant, memberLocked } from './holdings-set.ts';
import { type Holding, problem } from './rules.ts';
import { staffAdd } from './staff-add.ts';

/** For a first password that is told once. */
export const newPassword = (): string => randomBytes(12).toString('base64url');

/** Somebody new, with roles that the actor may grant. Throws `staff-exists`, `role-unknown`, `grant-too-far`. */
export async function memberAdd(
  tx: Tx,
  ctx: Ctx,
  brands: readonly string[],
  input: { email: string; name: string; passwordHash: string; holdings: readonly Holding[] },
): Promise<string> {
  await mayGrant(tx, ctx, brands, input.holdings);
  try {
    return await staffAdd(tx, ctx, { ...input, given: true });
  } catch (error) {
    if (violated(error) === 'identity_staff_email_taken') throw problem['staff-exists']();
    throw error;
  }
}

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
    facts: { before: { roles: holdings }, after: { roles: [] }, sessions_ended: sessions },
  });
}

/** Locks a member of the staff who left and of whom something is still kept. Throws `not-found`, `staff-still-here`. */
export async function memberGone(tx: Tx, staffId: string): Promise<{ email: string }> {
  const row = await tx
    .selectFrom('identity_staff')
    .select(['email', 'ended_at'])
    .where('id', '=', staffId)
    .where('erased_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw kernelProblem['not-found']();
  if (!row.ended_at) throw problem['staff-still-here']();
  return row;
}

/** Nothing is kept any more of somebody who left. */
export async function memberErased(tx: Tx, ctx: Ctx, staffId: string): Promise<void> {
  await tx.updateTable('identity_staff').set({ erased_at: ctx.now }).where('id', '=', staffId).execute();
}

import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { grantWithin } from '#kernel/grant.ts';
import { staffOf } from '#kernel/http.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { holdingsOf, roleGrant, staffGrant } from './grant-read.ts';
import { type Holding, holdingsChanged, problem } from './rules.ts';
import { staffTell } from './told.ts';
import './tables.ts';

/**
 * Whether the actor may grant or take these: of each role they have everything themselves, on that brand or on all.
 * Throws `role-unknown`, `grant-too-far`.
 */
export async function mayGrant(
  tx: Tx,
  ctx: Ctx,
  brands: readonly string[],
  holdings: readonly Holding[],
): Promise<void> {
  const { staffId } = staffOf(ctx);
  for (const { role, brand } of holdings) {
    const grant = await roleGrant(tx, role);
    if (!grant || (brand !== null && !brands.includes(brand))) throw problem['role-unknown']();
    if (!grantWithin(await staffGrant(tx, staffId, brand), grant)) throw problem['grant-too-far']();
  }
}

/** One at a time: of two administrators who take the role from each other, one stays. */
export async function lockRoles(tx: Tx): Promise<void> {
  await tx
    .selectFrom('staff_holding')
    .select('staff_id')
    .where('role', '=', 'admin')
    .orderBy('staff_id')
    .forUpdate()
    .execute();
}

/** Somebody who is still there must be an administrator on all brands. Throws `last-admin`. */
export async function adminStays(tx: Tx): Promise<void> {
  const admin = await tx
    .selectFrom('staff_holding')
    .innerJoin('identity_staff', 'identity_staff.id', 'staff_holding.staff_id')
    .select('staff_id')
    .where('role', '=', 'admin')
    .where('brand', 'is', null)
    .where('ended_at', 'is', null)
    .limit(1)
    .executeTakeFirst();
  if (!admin) throw problem['last-admin']();
}

/** Locks a member of the staff who hasn't left. Throws `not-found`. */
export async function memberLocked(tx: Tx, staffId: string) {
  const row = await tx
    .selectFrom('identity_staff')
    .selectAll()
    .where('id', '=', staffId)
    .where('ended_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw kernelProblem['not-found']();
  return row;
}

/**
 * The roles that a member of the staff has from now on, in open sessions too. Throws `role-unknown`, `grant-too-far`,
 * `last-admin`.
 */
export async function holdingsSet(
  tx: Tx,
  ctx: Ctx,
  brands: readonly string[],
  input: { staffId: string; holdings: readonly Holding[] },
): Promise<void> {
  await lockRoles(tx);
  const { id } = await memberLocked(tx, input.staffId);
  const before = await holdingsOf(tx, id);
  const { granted, taken } = holdingsChanged(before, input.holdings);
  await mayGrant(tx, ctx, brands, [...granted, ...taken]);
  for (const { role, brand } of taken)
    await tx
      .deleteFrom('staff_holding')
      .where('staff_id', '=', id)
      .where('role', '=', role)
      .where('brand', 'is not distinct from', brand)
      .execute();
  const by = { granted_by: staffOf(ctx).staffId, granted_at: ctx.now };
  if (granted.length > 0)
    await tx
      .insertInto('staff_holding')
      .values(granted.map(({ role, brand }) => ({ staff_id: id, role, brand, ...by })))
      .execute();
  await adminStays(tx);
  await auditRecord(tx, ctx, {
    action: 'staff.roles-set',
    subject: { kind: 'staff', id },
    customerId: null,
    facts: { before, after: input.holdings },
  });
  if (granted.length + taken.length > 0) await staffTell(tx, ctx, id, 'staff-roles');
}

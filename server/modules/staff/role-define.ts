import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import { grantWithin } from '#kernel/grant.ts';
import { staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { roleOf, staffGrant } from './grant-read.ts';
import { type Areas, problem } from './rules.ts';
import { staffTell } from './told.ts';
import './tables.ts';

/** Roles beside the built-in ones. They hold on all brands, so whoever makes them needs all of theirs there. */
export async function roleDefine(tx: Tx, ctx: Ctx, input: { name: string; areas: Areas }): Promise<string> {
  await withinOwn(tx, ctx, input.areas);
  const id = newId();
  await named(() =>
    tx
      .insertInto('staff_role')
      .values({
        id,
        name: input.name,
        areas: JSON.stringify(input.areas),
        made_by: staffOf(ctx).staffId,
        made_at: ctx.now,
        ended_at: null,
      })
      .execute(),
  );
  await recorded(tx, ctx, 'staff.role-made', id, { before: null, after: input });
  return id;
}

/** Whoever holds it may do what it says from now on. Throws `grant-too-far`, `role-name-taken`. */
export async function roleChange(
  tx: Tx,
  ctx: Ctx,
  input: { id: string; name: string; areas: Areas },
): Promise<void> {
  const { name, areas } = await roleLocked(tx, input.id);
  await withinOwn(tx, ctx, areas);
  await withinOwn(tx, ctx, input.areas);
  await named(() =>
    tx
      .updateTable('staff_role')
      .set({ name: input.name, areas: JSON.stringify(input.areas) })
      .where('id', '=', input.id)
      .execute(),
  );
  const after = { name: input.name, areas: input.areas };
  for (const staffId of await holders(tx, input.id)) await staffTell(tx, ctx, staffId, 'staff-roles');
  await recorded(tx, ctx, 'staff.role-changed', input.id, { before: { name, areas }, after });
}

async function holders(tx: Tx, role: string): Promise<string[]> {
  const rows = await tx
    .selectFrom('staff_holding')
    .select('staff_id')
    .distinct()
    .where('role', '=', role)
    .execute();
  return rows.map(({ staff_id }) => staff_id);
}

/** Throws `role-held` while somebody has it. */
export async function roleEnd(tx: Tx, ctx: Ctx, id: string): Promise<void> {
  const { name, areas } = await roleLocked(tx, id);
  await withinOwn(tx, ctx, areas);
  if ((await holders(tx, id)).length > 0) throw problem['role-held']();
  await tx.updateTable('staff_role').set({ ended_at: ctx.now }).where('id', '=', id).execute();
  await recorded(tx, ctx, 'staff.role-ended', id, { before: { name, areas }, after: null });
}

async function roleLocked(tx: Tx, id: string) {
  const row = await tx
    .selectFrom('staff_role')
    .selectAll()
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw kernelProblem['not-found']();
  return row;
}

async function withinOwn(tx: Tx, ctx: Ctx, areas: Areas): Promise<void> {
  const own = await staffGrant(tx, staffOf(ctx).staffId, null);
  if (!grantWithin(own, roleOf(areas))) throw problem['grant-too-far']();
}

async function named<T>(write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    if (violated(error) === 'staff_role_name') throw problem['role-name-taken']();
    throw error;
  }
}

function recorded(tx: Tx, ctx: Ctx, action: string, id: string, facts: Record<string, unknown>) {
  return auditRecord(tx, ctx, { action, subject: { kind: 'staff-role', id }, customerId: null, facts });
}

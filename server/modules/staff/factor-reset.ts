import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { addMinutes } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { factorsRemove, requireStepUp, staffOwner } from '#modules/factors/index.ts';
import { staffSessionsEnd } from '#modules/identity/index.ts';
import { holdingsOf } from './grant-read.ts';
import { mayGrant, memberLocked } from './holdings-set.ts';
import { FACTOR_RESET_HOURS, problem } from './rules.ts';
import { staffTell } from './told.ts';
import './tables.ts';

/**
 * A lost second factor: whoever lost it asks, after their password, or a colleague asks for them; a further one decides.
 * The person is told, in case it isn't them. Throws `reset-waiting`.
 */
export async function factorResetAsk(
  tx: Tx,
  ctx: Ctx,
  input: { staffId: string; reason: string },
): Promise<string> {
  const { id: staffId } = await memberLocked(tx, input.staffId);
  await lapse(tx, ctx, staffId);
  const id = newId();
  try {
    await tx
      .insertInto('staff_factor_reset')
      .values({
        id,
        staff_id: staffId,
        asked_by: staffOf(ctx).staffId,
        reason: input.reason,
        asked_at: ctx.now,
        expires_at: addMinutes(ctx.now, FACTOR_RESET_HOURS * 60),
        state: 'waiting',
        decided_by: null,
        decided_at: null,
      })
      .execute();
  } catch (error) {
    if (violated(error) === 'staff_factor_reset_once') throw problem['reset-waiting']();
    throw error;
  }
  // The reason, in somebody's own words, stands in the request alone, which can be erased.
  await recorded(tx, ctx, 'staff.factor-reset-asked', staffId, { reset: id });
  await staffTell(tx, ctx, staffId, 'staff-factor-reset-asked');
  return id;
}

/**
 * Neither who asked nor whose factor it is decides, nor anybody who has less than that person: with the factor gone, a
 * password is all that stands before it. Throws `reset-own`, `prove-again`, `grant-too-far`.
 */
export async function factorResetDecide(
  tx: Tx,
  ctx: Ctx,
  brands: readonly string[],
  input: { id: string; grant: boolean },
): Promise<void> {
  const decider = staffOf(ctx).staffId;
  const row = await tx
    .selectFrom('staff_factor_reset')
    .selectAll()
    .where('id', '=', input.id)
    .where('state', '=', 'waiting')
    .where('expires_at', '>', ctx.now)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw kernelProblem['not-found']();
  if (decider === row.asked_by || decider === row.staff_id) throw problem['reset-own']();
  if (input.grant) await requireStepUp(tx, ctx);
  await mayGrant(tx, ctx, brands, await holdingsOf(tx, row.staff_id));
  await tx
    .updateTable('staff_factor_reset')
    .set({ state: input.grant ? 'done' : 'refused', decided_by: decider, decided_at: ctx.now })
    .where('id', '=', row.id)
    .execute();
  const facts = { reset: row.id, asked_by: row.asked_by };
  if (input.grant) await factorReset(tx, ctx, row.staff_id, facts);
  else await recorded(tx, ctx, 'staff.factor-reset-refused', row.staff_id, facts);
}

/** All factors go and all sessions end; the next sign-in enrols anew. */
export async function factorReset(
  tx: Tx,
  ctx: Ctx,
  staffId: string,
  facts: Record<string, unknown> = {},
): Promise<void> {
  await factorsRemove(tx, ctx, staffOwner(staffId));
  const sessions = await staffSessionsEnd(tx, ctx, staffId);
  await recorded(tx, ctx, 'staff.factor-reset', staffId, { ...facts, sessions_ended: sessions });
  await staffTell(tx, ctx, staffId, 'staff-factor-reset');
}

async function lapse(tx: Tx, ctx: Ctx, staffId: string): Promise<void> {
  await tx
    .updateTable('staff_factor_reset')
    .set({ state: 'lapsed', decided_at: ctx.now })
    .where('staff_id', '=', staffId)
    .where('state', '=', 'waiting')
    .where('expires_at', '<=', ctx.now)
    .execute();
}

function recorded(tx: Tx, ctx: Ctx, action: string, id: string, facts: Record<string, unknown>) {
  return auditRecord(tx, ctx, { action, subject: { kind: 'staff', id }, customerId: null, facts });
}

import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { problem as common } from '#kernel/problem.ts';
import { auditRecord, clauseKept } from '#modules/audit/index.ts';
import { CARRIERS, type MeasureDetails, TOLD_THERE } from './carriers.ts';
import { type Case, caseLock, caseTell, type MeasureRow } from './case-row.ts';
import { problem, REVERSAL } from './rules.ts';
import './tables.ts';

/** Takes a measure back. Throws `measure-final`, `measure-over`. */
export async function measureReverse(tx: Tx, ctx: Ctx, input: { id: string; reason: string }): Promise<void> {
  const found = await tx
    .selectFrom('enforcement_measure')
    .select('case_id')
    .where('id', '=', input.id)
    .where('brand', '=', ctx.brand.id)
    .executeTakeFirst();
  if (!found) throw common['not-found']();
  if (found.case_id) await caseLock(tx, ctx, found.case_id);
  const row = await tx
    .selectFrom('enforcement_measure')
    .selectAll()
    .where('id', '=', input.id)
    .forUpdate()
    .executeTakeFirstOrThrow();
  if (REVERSAL[row.measure] === null) throw problem['measure-final']();
  if (row.state !== 'standing') throw problem['measure-over']();
  await measureLift(tx, ctx, row, input.reason);
}

/** All that stands by a locked case, where it was no breach or an appeal was granted; bans fall with it. */
export async function measuresReverseAll(tx: Tx, ctx: Ctx, of: Case, reason: string): Promise<void> {
  const rows = await tx
    .selectFrom('enforcement_measure')
    .selectAll()
    .where('case_id', '=', of.id)
    .where((e) =>
      e.or([e('state', '=', 'standing'), e.and([e('state', '=', 'final'), e('measure', '=', 'ban')])]),
    )
    .orderBy('id')
    .execute();
  for (const row of rows) await measureLift(tx, ctx, row, reason);
}

/** Has a measure undone by the room that carries it, and writes it down. */
export async function measureLift(tx: Tx, ctx: Ctx, row: MeasureRow, reason: string): Promise<void> {
  const clause = clauseKept(row);
  const { id, customer_id: customerId, service_id: serviceId, ref_id: refId } = row;
  const details = row.details as MeasureDetails;
  await CARRIERS[row.measure].lift?.(tx, ctx, {
    ...{ id, customerId, serviceId, clause, reason, details, refId },
    notices: row.notices,
  });
  const told = {
    kind: 'measure-reversed' as const,
    dedupe: `measure-reversed:${id}`,
    values: { clause: clause.clause, reason },
  };
  const notices = TOLD_THERE.has(row.measure) ? [] : [await caseTell(tx, ctx, customerId, told)];
  await tx
    .updateTable('enforcement_measure')
    .set({ state: 'reversed', reversed_at: ctx.now, reversal_reason: reason })
    .where('id', '=', id)
    .execute();
  await auditRecord(tx, ctx, {
    action: 'measure.reversed',
    subject: { kind: 'measure', id },
    customerId,
    clause,
    facts: {
      case: row.case_id,
      measure: row.measure,
      reason,
      placed_at: row.placed_at,
      before: { measure: row.measure },
      after: { measure: null },
    },
    notices,
  });
}

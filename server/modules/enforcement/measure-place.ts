import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { violated } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { problem as common } from '#kernel/problem.ts';
import { approvalRequest } from '#modules/approvals/index.ts';
import { auditRecord, clauseKept } from '#modules/audit/index.ts';
import { serviceInBrand } from '#modules/lifecycle/index.ts';
import { clauseNamed, type Measure, type Policy } from '#modules/terms/index.ts';
import { CARRIERS, type MeasureDetails, TOLD_THERE } from './carriers.ts';
import { type Case, caseLock, caseTell, type MeasureRow, policyOfCase } from './case-row.ts';
import { isFinal, measureAllowed, measuresOf, OF_SERVICE, problem } from './rules.ts';
import './tables.ts';

export const MEASURE_ACT = 'enforcement.measure';

export interface MeasureWanted {
  caseId: string;
  measure: Measure;
  /** For measures about one service; without it that of the case. */
  serviceId?: string | null;
  details?: MeasureDetails;
  reason: string;
  /** When it ends by itself. */
  until?: Date | null;
}

/**
 * Takes a measure that the terms of the case's customer allow. What can be taken back happens at once, also while the
 * case is still looked at; what can't waits for the decision that it is a breach, and for a second one of the staff.
 * Returns the measure's id and whether it stands already. Throws `measure-not-in-terms`, `measure-needs-service`, `measure-needs-acts`, `measure-until-past`,
 * `case-open`, `measure-stands`, and what the room that carries it out throws.
 */
export async function measurePlace(
  tx: Tx,
  ctx: Ctx,
  wanted: MeasureWanted,
): Promise<{ id: string; stands: boolean }> {
  if (wanted.measure === 'restrict' && !wanted.details?.acts?.length) throw problem['measure-needs-acts']();
  if (wanted.until && wanted.until <= ctx.now) throw problem['measure-until-past']();
  const of = await caseLock(tx, ctx, wanted.caseId);
  const serviceId = OF_SERVICE.has(wanted.measure) ? (wanted.serviceId ?? of.service_id) : null;
  await requireService(tx, ctx, of, wanted.measure, serviceId);
  const policy = await policyOfCase(tx, ctx, of, serviceId);
  const clause = clauseFor(policy, of, wanted.measure);
  const final = isFinal(wanted.measure);
  if (final && of.state !== 'breach') throw problem['case-open']();
  if (of.state === 'no-breach') throw problem['case-decided']();
  const row = await write(tx, ctx, of, { ...wanted, serviceId, clause });
  if (!final) {
    await measureCarry(tx, ctx, row);
    return { id: row.id, stands: true };
  }
  await approvalRequest(tx, ctx, {
    act: MEASURE_ACT,
    area: 'cases',
    subject: { kind: 'measure', id: row.id },
    customerId: of.customer_id,
    payload: {
      case: of.id,
      measure: row.measure,
      service: serviceId,
      clause: clause.clause,
      summary: of.summary,
    },
    reason: wanted.reason,
  });
  return { id: row.id, stands: false };
}

async function requireService(
  tx: Tx,
  ctx: Ctx,
  of: Case,
  measure: Measure,
  serviceId: string | null,
): Promise<void> {
  if (!OF_SERVICE.has(measure)) return;
  if (serviceId === null) throw problem['measure-needs-service']();
  const service = await serviceInBrand(tx, ctx, serviceId);
  if (service?.customer_id !== of.customer_id) throw common['not-found']();
}

function clauseFor(policy: Policy, of: Case, measure: Measure) {
  const allowed = measureAllowed(policy.parameters, measure, of);
  if (!allowed)
    throw problem['measure-not-in-terms']({ measures: measuresOf(policy.parameters, of).join(', ') });
  return clauseNamed(policy, of.origin === 'authority' ? 'authority_order' : 'enforcement', allowed.clause);
}

async function write(
  tx: Tx,
  ctx: Ctx,
  of: Case,
  wanted: MeasureWanted & { serviceId: string | null; clause: ReturnType<typeof clauseFor> },
): Promise<MeasureRow> {
  const { clause } = wanted;
  try {
    return await tx
      .insertInto('enforcement_measure')
      .values({
        id: newId(),
        brand: of.brand,
        case_id: of.id,
        customer_id: of.customer_id,
        service_id: wanted.serviceId,
        measure: wanted.measure,
        details: JSON.stringify(wanted.details ?? {}),
        clause_id: clause.clause,
        clause_version: clause.version,
        clause_hash: clause.sha256,
        reason: wanted.reason,
        state: 'asked',
        asked_by: ctx.actor.kind === 'staff' ? ctx.actor.staffId : null,
        asked_at: ctx.now,
        placed_at: null,
        ref_id: null,
        until: wanted.until ?? null,
        reversed_at: null,
        reversal_reason: null,
      })
      .returningAll()
      .executeTakeFirstOrThrow();
  } catch (error) {
    if (violated(error) === 'enforcement_measure_once') throw problem['measure-stands']();
    throw error;
  }
}

/** Tells the customer, has the measure carried out, and writes both down. `measured`: what it rests on, beside its case. */
export async function measureCarry(
  tx: Tx,
  ctx: Ctx,
  row: MeasureRow,
  measured: Record<string, unknown> = {},
): Promise<void> {
  const clause = clauseKept(row);
  const notices = await measureTell(tx, ctx, row);
  const { id, customer_id: customerId, service_id: serviceId, reason } = row;
  const details = row.details as MeasureDetails;
  const refId = await CARRIERS[row.measure].place(tx, ctx, {
    ...{ id, customerId, serviceId, clause, reason, details },
    notices,
  });
  await tx
    .updateTable('enforcement_measure')
    .set({
      state: isFinal(row.measure) ? 'final' : 'standing',
      placed_at: ctx.now,
      ref_id: refId,
      notices,
    })
    .where('id', '=', id)
    .execute();
  await auditRecord(tx, ctx, {
    action: `measure.${row.measure}`,
    subject: { kind: 'measure', id },
    customerId,
    clause,
    facts: { ...measured, case: row.case_id, service: serviceId, reason, details, asked_by: row.asked_by },
    notices,
  });
}

async function measureTell(tx: Tx, ctx: Ctx, { id, customer_id, measure, clause_id, reason }: MeasureRow) {
  if (TOLD_THERE.has(measure)) return [];
  const kind = `measure-${measure as Exclude<Measure, 'restrict' | 'freeze-money' | 'ban'>}` as const;
  const values = { clause: clause_id, reason };
  return [await caseTell(tx, ctx, customer_id, { kind, dedupe: `measure:${id}`, values })];
}

/** A second member of the staff agreed; unless an appeal has turned the decision meanwhile. Throws `case-decided`. */
export async function measureGranted(tx: Tx, ctx: Ctx, id: string): Promise<void> {
  const row = await measureAsked(tx, id);
  if ((await caseLock(tx, ctx, row.case_id!)).state !== 'breach') throw problem['case-decided']();
  await measureCarry(tx, ctx, row);
}

export async function measureDenied(tx: Tx, _ctx: Ctx, id: string): Promise<void> {
  const row = await measureAsked(tx, id);
  await tx.updateTable('enforcement_measure').set({ state: 'refused' }).where('id', '=', row.id).execute();
}

function measureAsked(tx: Tx, id: string): Promise<MeasureRow> {
  return tx
    .selectFrom('enforcement_measure')
    .selectAll()
    .where('id', '=', id)
    .where('state', '=', 'asked')
    .forUpdate()
    .executeTakeFirstOrThrow();
}

import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import type { ClauseRef } from '#modules/audit/index.ts';
import type { ContactFault } from '#modules/contacts/index.ts';
import { acceptanceLatest, policyOf } from '#modules/terms/index.ts';
import { caseOpen } from './case-open.ts';
import { measureCarry } from './measure-place.ts';
import { measureLift } from './measure-reverse.ts';
import { contactFollows } from './rules.ts';
import './tables.ts';

/**
 * A contact that wasn't corrected in time: the account counts as invalid and is banned by itself, as the clause says
 * (亚云 4.5.1-contact). Unlike a ban for a breach it falls with the correction (docs/decisions/0031).
 */
export async function contactOverdue(
  tx: Tx,
  ctx: Ctx,
  { faultId, customerId, kind, notices, clause }: ContactFault & { clause: ClauseRef | null },
): Promise<void> {
  const latest = await acceptanceLatest(tx, customerId);
  if (!clause || !latest) return;
  const agreed = { customerId, serviceId: null, acceptanceId: latest.acceptanceId };
  const follows = contactFollows((await policyOf(tx, agreed, ctx.now)).parameters);
  if (!follows) return;
  const { id } = await caseOpen(tx, ctx, {
    customerId,
    serviceId: null,
    origin: 'contact',
    category: follows.category.id,
    summary: `${kind} 未在期限内更正 / not corrected in time`,
    evidence: [{ kind: 'measurement', text: null, facts: { fault: faultId, contact: kind, notices } }],
  });
  const row = await tx
    .insertInto('enforcement_measure')
    .values({
      id: newId(),
      brand: ctx.brand.id,
      case_id: id,
      customer_id: customerId,
      service_id: null,
      measure: follows.measure,
      clause_id: clause.clause,
      clause_version: clause.version,
      clause_hash: clause.sha256,
      reason: `${kind} 失效且未更正 / ${kind} reaches nobody`,
      state: 'asked',
      asked_by: null,
      asked_at: ctx.now,
      placed_at: null,
      ref_id: faultId,
      until: null,
      reversed_at: null,
      reversal_reason: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returningAll()
    .executeTakeFirst();
  if (row) await measureCarry(tx, ctx, row, { contact: kind, fault: faultId, told: notices });
}

/** Corrected after all: what stands because of it is lifted, and its case closed; another contact's stays. */
export async function contactCorrected(
  tx: Tx,
  ctx: Ctx,
  { faultId, customerId, overdue }: ContactFault & { overdue: boolean },
): Promise<void> {
  if (!overdue) return;
  const rows = await tx
    .selectFrom('enforcement_measure as m')
    .innerJoin('enforcement_case as c', 'c.id', 'm.case_id')
    .selectAll('m')
    .where('m.customer_id', '=', customerId)
    .where('c.origin', '=', 'contact')
    .where('c.state', '=', 'open')
    .where('m.state', '=', 'final')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('enforcement_evidence as e')
          .select('e.id')
          .whereRef('e.case_id', '=', 'c.id')
          .where(sql`e.facts ->> 'fault'`, '=', faultId),
      ),
    )
    .execute();
  for (const row of rows) {
    await measureLift(tx, ctx, row, '联系方式已更正 / corrected');
    await tx
      .updateTable('enforcement_case')
      .set({ state: 'no-breach', decision: '联系方式已更正 / corrected', decided_at: ctx.now })
      .where('id', '=', row.case_id)
      .execute();
  }
}

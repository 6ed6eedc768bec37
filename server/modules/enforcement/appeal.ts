import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import { customerOf, staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { auditRecord, clauseKept } from '#modules/audit/index.ts';
import { caseLock, caseTell, policyOfCase } from './case-row.ts';
import { measuresReverseAll } from './measure-reverse.ts';
import { answerUntil, problem } from './rules.ts';
import './tables.ts';

/**
 * The customer says why it was no breach, once. Where the terms give so many days for it, in that time; where they say
 * nothing the operator hears it whenever it comes.
 */
export async function appealFile(tx: Tx, ctx: Ctx, input: { caseId: string; text: string }): Promise<void> {
  const { customerId } = customerOf(ctx);
  const of = await caseLock(tx, ctx, input.caseId);
  if (of.state !== 'breach') throw problem['case-open']();
  const agreed = (await policyOfCase(tx, ctx, of)).parameters.enforcement?.appeal;
  if (agreed && ctx.now >= answerUntil(of.decided_at!, agreed.days, ctx.brand.zone))
    throw problem['answer-too-late']();
  const row = {
    id: newId(),
    brand: of.brand,
    case_id: of.id,
    customer_id: customerId,
    text: input.text,
    at: ctx.now,
    state: 'waiting' as const,
    decided_by: null,
    decided_at: null,
    decision: null,
  };
  try {
    await tx.insertInto('enforcement_appeal').values(row).execute();
  } catch (error) {
    if (violated(error) === 'enforcement_appeal_case_id_key') throw problem['appealed-already']();
    throw error;
  }
  await auditRecord(tx, ctx, {
    action: 'case.appealed',
    subject: { kind: 'case', id: of.id },
    customerId,
    facts: {},
  });
}

/** Granted: it was no breach after all, and all that stands falls. Two at once: one decides, the other is told `case-decided`. */
export async function appealDecide(
  tx: Tx,
  ctx: Ctx,
  input: { caseId: string; grant: boolean; decision: string },
): Promise<void> {
  const of = await caseLock(tx, ctx, input.caseId);
  const { numUpdatedRows } = await tx
    .updateTable('enforcement_appeal')
    .set({
      state: input.grant ? 'granted' : 'refused',
      decided_by: staffOf(ctx).staffId,
      decided_at: ctx.now,
      decision: input.decision,
    })
    .where('case_id', '=', of.id)
    .where('state', '=', 'waiting')
    .executeTakeFirst();
  if (numUpdatedRows === 0n) throw problem['case-decided']();
  const notice = await caseTell(tx, ctx, of.customer_id, {
    kind: input.grant ? 'case-appeal-granted' : 'case-appeal-refused',
    dedupe: `case-appeal:${of.id}`,
    values: { clause: of.clause_id, decision: input.decision },
  });
  await auditRecord(tx, ctx, {
    action: input.grant ? 'case.appeal-granted' : 'case.appeal-refused',
    subject: { kind: 'case', id: of.id },
    customerId: of.customer_id,
    clause: clauseKept(of),
    facts: { decision: input.decision },
    notices: [notice],
  });
  if (!input.grant) return;
  await tx.updateTable('enforcement_case').set({ state: 'no-breach' }).where('id', '=', of.id).execute();
  await measuresReverseAll(tx, ctx, of, input.decision);
}

import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { customerOf, staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { problem as common } from '#kernel/problem.ts';
import { wallClock } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { type Case, caseLock, caseTell, type Inquiry, policyOfCase } from './case-row.ts';
import { evidenceAdd } from './evidence-add.ts';
import { answerUntil, problem } from './rules.ts';
import './tables.ts';

/** Asks the customer something that it must answer in time (亚云 2.1.3, 七牛云 5.2). Throws `inquiry-not-in-terms`. */
export async function inquiryAsk(
  tx: Tx,
  ctx: Ctx,
  input: { caseId: string; question: string },
): Promise<string> {
  const of = await caseLock(tx, ctx, input.caseId);
  if (of.state !== 'open') throw problem['case-decided']();
  const policy = await policyOfCase(tx, ctx, of);
  const agreed = policy.parameters.inquiry;
  if (!agreed) throw problem['inquiry-not-in-terms']();
  const clause = policy.clauseOf('inquiry');
  const until = answerUntil(ctx.now, agreed.answer_days, ctx.brand.zone);
  const id = newId();
  const notice = await caseTell(tx, ctx, of.customer_id, {
    kind: `case-question-${agreed.then}`,
    dedupe: `inquiry:${id}`,
    values: { clause: clause.clause, question: input.question, until: wallClock(until, ctx.brand.zone) },
  });
  await tx
    .insertInto('enforcement_inquiry')
    .values({
      id,
      brand: of.brand,
      case_id: of.id,
      customer_id: of.customer_id,
      question: input.question,
      asked_by: staffOf(ctx).staffId,
      asked_at: ctx.now,
      answer_until: until,
      answer: null,
      answered_at: null,
      lapsed_at: null,
      notices: [notice],
    })
    .execute();
  await auditRecord(tx, ctx, {
    action: 'case.asked',
    subject: { kind: 'case', id: of.id },
    customerId: of.customer_id,
    clause,
    facts: { inquiry: id, until: until.toISOString(), without_answer: agreed.then },
    notices: [notice],
  });
  return id;
}

/** The customer answers, once and in time. Throws `answer-too-late`. */
export async function inquiryAnswer(tx: Tx, ctx: Ctx, input: { id: string; answer: string }): Promise<void> {
  const { customerId } = customerOf(ctx);
  const row = await tx
    .selectFrom('enforcement_inquiry')
    .selectAll()
    .where('id', '=', input.id)
    .where('customer_id', '=', customerId)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!row) throw common['not-found']();
  if (row.answered_at || row.lapsed_at || row.answer_until <= ctx.now) throw problem['answer-too-late']();
  await tx
    .updateTable('enforcement_inquiry')
    .set({ answer: input.answer, answered_at: ctx.now })
    .where('id', '=', row.id)
    .execute();
  await evidenceAdd(tx, ctx, row.case_id, { kind: 'answer', text: input.answer, facts: { inquiry: row.id } });
  await auditRecord(tx, ctx, {
    action: 'case.answered',
    subject: { kind: 'case', id: row.case_id },
    customerId,
    facts: { inquiry: row.id },
  });
}

/**
 * A question that nobody answered in time. That is on record with its clause, and staff act on it as the terms say: what
 * follows (a ban, an end) can't be taken back, so two of them decide.
 */
export async function inquiryLapse(tx: Tx, ctx: Ctx, row: Inquiry): Promise<void> {
  const of: Case = await caseLock(tx, ctx, row.case_id);
  const policy = await policyOfCase(tx, ctx, of);
  await tx.updateTable('enforcement_inquiry').set({ lapsed_at: ctx.now }).where('id', '=', row.id).execute();
  await auditRecord(tx, ctx, {
    action: 'case.unanswered',
    subject: { kind: 'case', id: of.id },
    customerId: of.customer_id,
    ...(policy.parameters.inquiry ? { clause: policy.clauseOf('inquiry') } : {}),
    facts: { inquiry: row.id, asked_at: row.asked_at.toISOString(), until: row.answer_until.toISOString() },
    notices: row.notices,
  });
}

import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { auditRecord, clauseKept } from '#modules/audit/index.ts';
import { type Case, caseLock, caseTell } from './case-row.ts';
import { measuresReverseAll } from './measure-reverse.ts';
import { problem } from './rules.ts';
import './tables.ts';

/**
 * One of the staff decides whether it is a breach, once: who comes second is told `case-decided`. Where it is none,
 * everything that was done meanwhile is taken back.
 */
export async function caseDecide(
  tx: Tx,
  ctx: Ctx,
  input: { id: string; breach: boolean; decision: string },
): Promise<void> {
  const row = await caseLock(tx, ctx, input.id);
  if (row.state !== 'open') throw problem['case-decided']();
  const state = input.breach ? ('breach' as const) : ('no-breach' as const);
  await decided(tx, ctx, row, state, input.decision);
  if (!input.breach) await measuresReverseAll(tx, ctx, row, input.decision);
}

async function decided(
  tx: Tx,
  ctx: Ctx,
  row: Case,
  state: 'breach' | 'no-breach',
  decision: string,
): Promise<void> {
  await tx
    .updateTable('enforcement_case')
    .set({ state, decision, decided_by: staffOf(ctx).staffId, decided_at: ctx.now })
    .where('id', '=', row.id)
    .execute();
  const notice = await caseTell(tx, ctx, row.customer_id, {
    kind: state === 'breach' ? 'case-breach' : 'case-cleared',
    dedupe: `case:${row.id}:${state}`,
    values: { clause: row.clause_id, summary: row.summary, decision },
  });
  await auditRecord(tx, ctx, {
    action: `case.${state}`,
    subject: { kind: 'case', id: row.id },
    customerId: row.customer_id,
    clause: clauseKept(row),
    facts: { category: row.category, decision, before: { state: row.state }, after: { state } },
    notices: [notice],
  });
}

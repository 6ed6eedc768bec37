import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { problem } from './rules.ts';
import './tables.ts';

/** Staff know why, and say it; it is no alarm any more and later looks leave it alone. */
export async function findingExplain(tx: Tx, ctx: Ctx, input: { id: string; reason: string }): Promise<void> {
  const finding = await tx
    .selectFrom('reconciliation_finding as f')
    .innerJoin('reconciliation_day as d', 'd.id', 'f.day_id')
    .select(['f.id', 'f.state', 'f.kind', 'f.number', 'd.day', 'd.channel'])
    .where('f.id', '=', input.id)
    .where('d.brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!finding) throw kernelProblem['not-found']();
  if (finding.state !== 'open') throw problem['finding-ended']();
  await tx
    .updateTable('reconciliation_finding')
    .set({
      state: 'explained',
      ended_at: ctx.now,
      ended_by: staffOf(ctx).staffId,
      explanation: input.reason,
    })
    .where('id', '=', finding.id)
    .execute();
  const { kind, number, day, channel } = finding;
  await auditRecord(tx, ctx, {
    action: 'reconciliation.explained',
    subject: { kind: 'finding', id: finding.id },
    customerId: null,
    facts: { channel, day, kind, number, reason: input.reason },
  });
}

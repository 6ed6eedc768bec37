import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { customerOf } from '#kernel/http.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { freezeLock } from './freeze-row.ts';
import { problem } from './rules.ts';

/** The customer says why the money should be free. Once for each freeze, and in time. */
export async function freezeAppeal(tx: Tx, ctx: Ctx, input: { id: string; text: string }): Promise<void> {
  const { customerId } = customerOf(ctx);
  const freeze = await freezeLock(tx, ctx, input.id);
  if (freeze.customer_id !== customerId) throw kernelProblem['not-found']();
  if (freeze.state !== 'frozen' || ctx.now >= freeze.appeal_until) throw problem['appeal-too-late']();
  await tx
    .updateTable('funds_freeze')
    .set({ state: 'appealed', appeal: input.text, appealed_at: ctx.now })
    .where('id', '=', freeze.id)
    .execute();
  await auditRecord(tx, ctx, {
    action: 'funds.appealed',
    subject: { kind: 'freeze', id: freeze.id },
    customerId,
    facts: { until: freeze.appeal_until.toISOString() },
  });
}

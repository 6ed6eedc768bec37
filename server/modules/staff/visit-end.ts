import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { customerOf } from '#kernel/http.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { sessionEnd } from '#modules/identity/index.ts';
import './tables.ts';

/** Staff leave the customer in whose place they were. Throws `not-found` in a session that is no visit. */
export async function visitEnd(tx: Tx, ctx: Ctx): Promise<void> {
  const { sessionId, customerId } = customerOf(ctx);
  const visit = await tx
    .updateTable('staff_visit')
    .set({ ended_at: ctx.now })
    .where('session_id', '=', sessionId)
    .where('ended_at', 'is', null)
    .returning('id')
    .executeTakeFirst();
  if (!visit) throw kernelProblem['not-found']();
  await sessionEnd(tx, ctx, sessionId);
  await auditRecord(tx, ctx, {
    action: 'customer.visit-ended',
    subject: { kind: 'customer', id: customerId },
    customerId,
    facts: { visit: visit.id },
  });
}

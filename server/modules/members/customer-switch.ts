import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { customerOf } from '#kernel/http.ts';
import { problem as common } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { memberOf, sessionStand } from '#modules/identity/index.ts';

/** The session stands in another customer of its person from now on; what was open in the one before ends. Throws 404. */
export async function customerSwitch(tx: Tx, ctx: Ctx, customerId: string): Promise<void> {
  const { userId, sessionId, customerId: before } = customerOf(ctx);
  if (!(await memberOf(tx, customerId, userId))) throw common['not-found']();
  await sessionStand(tx, sessionId, customerId);
  await auditRecord(tx, ctx, {
    action: 'session.switched',
    subject: { kind: 'session', id: sessionId },
    customerId,
    facts: { before },
  });
}

import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { auditRecord } from '#modules/audit/index.ts';
import './tables.ts';

/** Ends one session of the actor's own; nothing happens when there is none of that id. */
export async function sessionEnd(tx: Tx, ctx: Ctx, sessionId: string): Promise<boolean> {
  const { actor } = ctx;
  if (actor.kind !== 'customer' && actor.kind !== 'staff') return false;
  const ended = await tx
    .updateTable('identity_session')
    .set({ ended_at: ctx.now })
    .where('id', '=', sessionId)
    .where('ended_at', 'is', null)
    .where(
      actor.kind === 'customer' ? 'user_id' : 'staff_id',
      '=',
      actor.kind === 'customer' ? actor.userId : actor.staffId,
    )
    .executeTakeFirst();
  if (ended.numUpdatedRows === 0n) return false;
  await auditRecord(tx, ctx, {
    action: 'session.ended',
    subject: { kind: 'session', id: sessionId },
    customerId: actor.kind === 'customer' ? actor.customerId : null,
  });
  return true;
}

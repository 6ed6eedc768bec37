import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { auditRecord } from '#modules/audit/index.ts';
import './tables.ts';

/** When a session last showed a password or a factor; null when it never did or has ended. */
export async function sessionProvedAt(db: Db | Tx, sessionId: string): Promise<Date | null> {
  const row = await db
    .selectFrom('identity_session')
    .select('proved_at')
    .where('id', '=', sessionId)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  return row?.proved_at ?? null;
}

/** The actor has just shown again who it is. */
export async function sessionProve(tx: Tx, ctx: Ctx, by: string): Promise<void> {
  const { actor } = ctx;
  if (actor.kind !== 'customer' && actor.kind !== 'staff') return;
  await tx
    .updateTable('identity_session')
    .set({ proved_at: ctx.now })
    .where('id', '=', actor.sessionId)
    .execute();
  await auditRecord(tx, ctx, {
    action: 'session.proved',
    subject: { kind: 'session', id: actor.sessionId },
    customerId: actor.kind === 'customer' ? actor.customerId : null,
    facts: { by },
  });
}

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

/** When a session last showed a second factor, or a passkey; null when it never did. */
export async function sessionFactorAt(db: Db | Tx, sessionId: string): Promise<Date | null> {
  const row = await db
    .selectFrom('identity_session')
    .select('factor_at')
    .where('id', '=', sessionId)
    .executeTakeFirst();
  return row?.factor_at ?? null;
}

/** The actor's session has shown a second factor, perhaps one that was just set up. */
export async function sessionFactorShown(tx: Tx, { actor, now }: Ctx): Promise<void> {
  if (actor.kind !== 'customer') return;
  await tx
    .updateTable('identity_session')
    .set({ factor_at: now })
    .where('id', '=', actor.sessionId)
    .execute();
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

import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import type { Sealer } from '#kernel/seal.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { type FactorGiven, proveFactor } from '#modules/factors/index.ts';
import type { OpenedSession } from '#modules/identity/index.ts';
import { staffElevate } from './elevate.ts';

/** What came of a factor that was shown; a wrong one leaves a trace, so the caller commits before it refuses. */
export type Proved = { right: false } | { right: true; session: OpenedSession | null };

/**
 * The actor shows a second factor: in a fresh session it opens the back office, in an open one it is proof again.
 * `challenge` comes with a passkey.
 */
export async function staffProve(
  tx: Tx,
  ctx: Ctx,
  sealer: Sealer,
  given: FactorGiven & { challenge?: string },
): Promise<Proved> {
  if (await proveFactor(tx, ctx, sealer, given))
    return { right: true, session: await staffElevate(tx, ctx, given.factor) };
  await auditRecord(tx, ctx, {
    action: 'staff.factor-refused',
    subject: { kind: 'staff', id: staffOf(ctx).staffId },
    customerId: null,
    facts: { factor: given.factor },
  });
  return { right: false };
}

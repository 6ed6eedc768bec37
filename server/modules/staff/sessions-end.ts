import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { staffSessionsEnd } from '#modules/identity/index.ts';

/** The actor ends sessions of their own. Returns how many. */
export async function ownSessionsEnd(
  tx: Tx,
  ctx: Ctx,
  which: { except: string } | { only: string },
): Promise<number> {
  return memberSessionsEnd(tx, ctx, staffOf(ctx).staffId, which);
}

/** Ends sessions of a member of the staff; the visits that were opened from them end with them. */
export async function memberSessionsEnd(
  tx: Tx,
  ctx: Ctx,
  staffId: string,
  which: { except?: string; only?: string } = {},
): Promise<number> {
  const ended = await staffSessionsEnd(tx, ctx, staffId, which);
  if (ended === 0 && which.only) return 0;
  await auditRecord(tx, ctx, {
    action: 'staff.sessions-ended',
    subject: { kind: 'staff', id: staffId },
    customerId: null,
    facts: { ended, ...which },
  });
  return ended;
}

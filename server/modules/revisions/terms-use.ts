import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { customerOf } from '#kernel/http.ts';
import { acceptanceRecord, revisionPending } from '#modules/terms/index.ts';
import { disagreementOpen } from './disagreement.ts';

/**
 * The customer does something under a version that it hasn't accepted yet: where its terms say that going on is
 * accepting, that is written down with what was done, from where and when. Nothing is taken from somebody who said
 * that it disagrees. Returns whether anything was recorded.
 */
export async function termsUse(tx: Tx, ctx: Ctx, act: string): Promise<boolean> {
  const { customerId, userId } = customerOf(ctx);
  const pending = await revisionPending(tx, ctx.brand.id, customerId, ctx.now);
  if (pending?.by !== 'use' || (await disagreementOpen(tx, customerId))) return false;
  await acceptanceRecord(tx, ctx, {
    customerId,
    userId,
    version: pending.version,
    method: 'use',
    highlights: [],
    evidence: { act, request_id: ctx.requestId },
  });
  return true;
}

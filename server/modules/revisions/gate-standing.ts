import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { wallClock } from '#kernel/time.ts';
import { clauseCited, gateTerms, revisionPending, termsAccepted } from '#modules/terms/index.ts';
import { disagreementOpen } from './disagreement.ts';
import { problem } from './rules.ts';

/**
 * May this customer bind itself to more, as its standing with the agreement goes? Not while it disagrees with a
 * revision, and not under another version than the one that holds. Throws `disagreement-open` and
 * `terms-not-accepted`, with the clause. Whoever accepted nothing yet is asked by the gate before a purchase.
 */
export async function gateStanding(db: Db | Tx, ctx: Ctx, customerId: string): Promise<void> {
  const open = await disagreementOpen(db, customerId);
  if (open) {
    const { version } = await termsAccepted(db, open.acceptance_id);
    const ends = wallClock(open.end_at, ctx.brand.zone);
    throw problem['disagreement-open']({ ends }, { clause: clauseCited(ctx, version, 'revision') });
  }
  if (await revisionPending(db, ctx.brand.id, customerId, ctx.now)) await gateTerms(db, ctx, customerId);
}

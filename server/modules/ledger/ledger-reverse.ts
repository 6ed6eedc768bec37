import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { ledgerPost, type Posted } from './ledger-post.ts';
import { type AccountRef, problem } from './rules.ts';
import './tables.ts';

/**
 * Corrects a transaction of this brand by its mirror image, which names it. A transaction is reversed once: another
 * cause for a second reversal is `already-reversed`; the same cause again changes nothing. What a customer has spent
 * meanwhile can't be taken back: `insufficient-balance`.
 */
export async function ledgerReverse(
  tx: Tx,
  ctx: Ctx,
  input: { source: string; sourceId: string; reverses: string; memo?: Record<string, string> },
): Promise<Posted> {
  const earlier = await tx
    .selectFrom('ledger_transaction')
    .select(['id', 'source', 'source_id'])
    .where('reverses', '=', input.reverses)
    .where('brand', '=', ctx.brand.id)
    .executeTakeFirst();
  if (earlier) {
    if (earlier.source === input.source && earlier.source_id === input.sourceId)
      return { id: earlier.id, posted: false };
    throw problem['already-reversed']();
  }
  const entries = await tx
    .selectFrom('ledger_entry as e')
    .innerJoin('ledger_transaction as t', 't.id', 'e.transaction_id')
    .innerJoin('ledger_account as a', 'a.id', 'e.account_id')
    .select(['a.kind', 'a.owner', 'a.customer', 'e.amount_micro'])
    .where('t.id', '=', input.reverses)
    .where('t.brand', '=', ctx.brand.id)
    .orderBy('e.id')
    .execute();
  if (entries.length === 0) throw kernelProblem['not-found']();
  return ledgerPost(tx, ctx, {
    kind: 'reversal',
    ...input,
    lines: entries.map(({ kind, owner, customer, amount_micro }) => ({
      account: { kind, owner, customer } as AccountRef,
      amount: -amount_micro,
    })),
  });
}

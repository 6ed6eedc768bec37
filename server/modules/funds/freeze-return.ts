import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { ledgerPost } from '#modules/ledger/index.ts';
import { ended } from './freeze-decide.ts';
import { freezeLock } from './freeze-row.ts';
import { outcomePossible, problem } from './rules.ts';
import { place, planParts } from './withdrawal-request.ts';
import { withdrawalLock } from './withdrawal-row.ts';
import { withdrawalSend } from './withdrawal-send.ts';
import './tables.ts';

/**
 * A second member of the staff agreed that frozen money goes back to where it came from (亚云 5.4): by the payments that
 * it came with, and what no channel takes any more to the verified bank account.
 */
export async function freezeReturn(tx: Tx, ctx: Ctx, input: { id: string; reason: string }): Promise<void> {
  const freeze = await freezeLock(tx, ctx, input.id);
  const standing = { state: freeze.state, appealUntil: freeze.appeal_until };
  if (!outcomePossible(standing, 'return', ctx.now)) throw problem['freeze-outcome-impossible']();
  const owner = freeze.customer_id;
  const id = newId();
  await place(tx, ctx, { id, customerId: owner, amount: freeze.amount_micro, freezeId: freeze.id });
  await planParts(tx, ctx, { id, customerId: owner, amount: freeze.amount_micro });
  await ledgerPost(tx, ctx, {
    kind: 'funds-returned',
    source: 'freeze-end',
    sourceId: freeze.id,
    lines: [
      { account: { kind: 'customer_frozen', owner }, amount: -freeze.amount_micro },
      { account: { kind: 'withdrawal_transit', owner }, amount: freeze.amount_micro },
    ],
    memo: { freeze: freeze.id, withdrawal: id },
  });
  await ended(tx, ctx, freeze, 'returned', input.reason);
  await tx.updateTable('funds_withdrawal').set({ state: 'sending' }).where('id', '=', id).execute();
  await withdrawalSend(tx, ctx, await withdrawalLock(tx, ctx, id));
}

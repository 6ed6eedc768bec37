import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan } from '#kernel/money.ts';
import { approvalRequest } from '#modules/approvals/index.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { ledgerPost } from '#modules/ledger/index.ts';
import { termsAccepted } from '#modules/terms/index.ts';
import { type Freeze, freezeLock, freezeTell } from './freeze-row.ts';
import { type Outcome, outcomePossible, problem } from './rules.ts';
import './tables.ts';

export const RETURN_ACT = 'funds.return-to-source';

/**
 * Staff decide what becomes of frozen money. Lifting and holding on happen at once; sending it back to where it came
 * from can't be undone and waits for a second member of the staff. Throws `freeze-outcome-impossible`.
 */
export async function freezeDecide(
  tx: Tx,
  ctx: Ctx,
  input: { id: string; outcome: Outcome; reason: string },
): Promise<void> {
  const freeze = await freezeLock(tx, ctx, input.id);
  const standing = { state: freeze.state, appealUntil: freeze.appeal_until };
  if (!outcomePossible(standing, input.outcome, ctx.now)) throw problem['freeze-outcome-impossible']();
  if (input.outcome === 'lift') return freezeLift(tx, ctx, freeze, input.reason);
  if (input.outcome === 'hold') return freezeHold(tx, ctx, freeze, input.reason);
  await approvalRequest(tx, ctx, {
    act: RETURN_ACT,
    area: 'money',
    subject: { kind: 'freeze', id: freeze.id },
    customerId: freeze.customer_id,
    payload: { amount: formatYuan(freeze.amount_micro) },
    reason: input.reason,
  });
}

async function freezeLift(tx: Tx, ctx: Ctx, freeze: Freeze, reason: string): Promise<void> {
  await ledgerPost(tx, ctx, {
    kind: 'funds-lifted',
    source: 'freeze-end',
    sourceId: freeze.id,
    lines: [
      { account: { kind: 'customer_frozen', owner: freeze.customer_id }, amount: -freeze.amount_micro },
      { account: { kind: 'customer_cash', owner: freeze.customer_id }, amount: freeze.amount_micro },
    ],
    memo: { freeze: freeze.id },
  });
  await ended(tx, ctx, freeze, 'lifted', reason);
}

/** Frozen for long: an appeal was refused, or none came in time. */
export async function freezeHold(tx: Tx, ctx: Ctx, freeze: Freeze, reason: string): Promise<void> {
  await ended(tx, ctx, freeze, 'held', reason);
}

/** Records an outcome, tells the customer, and cites the clause that it agreed to. */
export async function ended(
  tx: Tx,
  ctx: Ctx,
  freeze: Freeze,
  state: 'lifted' | 'held' | 'returned',
  reason: string,
): Promise<void> {
  await tx
    .updateTable('funds_freeze')
    .set({ state, outcome_reason: reason, decided_at: ctx.now })
    .where('id', '=', freeze.id)
    .execute();
  const notice = await freezeTell(tx, ctx, freeze, `funds-${state}`, reason);
  const terms = await termsAccepted(tx, freeze.acceptance_id);
  await auditRecord(tx, ctx, {
    action: `funds.${state}`,
    subject: { kind: 'freeze', id: freeze.id },
    customerId: freeze.customer_id,
    clause: terms.clauseOf('fund_freeze'),
    facts: { amount: formatYuan(freeze.amount_micro), reason },
    notices: [notice],
  });
}

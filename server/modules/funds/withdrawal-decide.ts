import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import { customerOf, staffOf } from '#kernel/http.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { addMinutes } from '#kernel/time.ts';
import { approvalRequest } from '#modules/approvals/index.ts';
import { ledgerPost } from '#modules/ledger/index.ts';
import { problem, TWO_STAFF_ABOVE } from './rules.ts';
import {
  partsOf,
  type Withdrawal,
  withdrawalLock,
  withdrawalRecord,
  withdrawalTell,
} from './withdrawal-row.ts';
import { giveBack, partEnded, withdrawalSend } from './withdrawal-send.ts';
import './tables.ts';

export const WITHDRAW_ACT = 'funds.withdraw';

/** The customer changes its mind while nobody has dealt with it. */
export async function withdrawalCancel(tx: Tx, ctx: Ctx, id: string): Promise<void> {
  const withdrawal = await withdrawalLock(tx, ctx, id);
  const { customerId } = customerOf(ctx);
  if (withdrawal.customer_id !== customerId || withdrawal.freeze_id) throw kernelProblem['not-found']();
  if (withdrawal.state !== 'requested') throw problem['withdrawal-over']();
  await set(tx, withdrawal, { state: 'cancelled' });
  await giveBack(tx, ctx, withdrawal, withdrawal.amount_micro, 'cancelled');
  await withdrawalRecord(tx, ctx, withdrawal, 'cancelled');
}

/** Staff let it go or refuse it, with a reason that the customer is told; what is large within a day takes a second of them. */
export async function withdrawalDecide(
  tx: Tx,
  ctx: Ctx,
  input: { id: string; approve: boolean; reason: string },
): Promise<void> {
  const withdrawal = await withdrawalLock(tx, ctx, input.id);
  if (withdrawal.state !== 'requested') throw problem['withdrawal-over']();
  const decision = {
    decided_by: staffOf(ctx).staffId,
    decided_at: ctx.now,
    decision_reason: input.reason,
  };
  if (!input.approve) {
    await set(tx, withdrawal, { state: 'refused', ...decision });
    await giveBack(tx, ctx, withdrawal, withdrawal.amount_micro, 'refused');
    await withdrawalTell(tx, ctx, withdrawal, 'withdrawal-refused', {
      amount: formatYuan(withdrawal.amount_micro),
      reason: input.reason,
    });
    return withdrawalRecord(tx, ctx, withdrawal, 'refused', { reason: input.reason });
  }
  await mayLeave(tx, ctx, withdrawal);
  if ((await leftLately(tx, ctx, withdrawal)) + withdrawal.amount_micro <= TWO_STAFF_ABOVE) {
    await set(tx, withdrawal, { state: 'sending', ...decision });
    return withdrawalSend(tx, ctx, withdrawal);
  }
  await set(tx, withdrawal, { state: 'approving', ...decision });
  await approvalRequest(tx, ctx, {
    act: WITHDRAW_ACT,
    area: 'money',
    subject: { kind: 'withdrawal', id: withdrawal.id },
    customerId: withdrawal.customer_id,
    payload: { number: withdrawal.number, amount: formatYuan(withdrawal.amount_micro) },
    reason: input.reason,
  });
}

/** The second member of the staff has spoken, or nobody has in time: then it waits for staff again. */
export async function withdrawalApproved(tx: Tx, ctx: Ctx, id: string, granted: boolean): Promise<void> {
  const withdrawal = await withdrawalLock(tx, ctx, id);
  if (withdrawal.state !== 'approving') throw problem['withdrawal-over']();
  if (granted) await mayLeave(tx, ctx, withdrawal);
  await set(tx, withdrawal, { state: granted ? 'sending' : 'requested' });
  if (granted) await withdrawalSend(tx, ctx, withdrawal);
}

/** What staff let go to the customer within 24 hours, whatever became of it: a large sum in small parts is large. */
async function leftLately(tx: Tx, ctx: Ctx, { id, customer_id }: Withdrawal): Promise<Micro> {
  const { sum } = await tx
    .selectFrom('funds_withdrawal')
    .select((e) => e.fn.coalesce(e.fn.sum<Micro>('amount_micro'), sql<Micro>`0::bigint`).as('sum'))
    .where('customer_id', '=', customer_id)
    .where('id', '<>', id)
    .where('decided_at', '>', addMinutes(ctx.now, -24 * 60))
    .where('state', 'not in', ['requested', 'approving', 'refused', 'cancelled'])
    .executeTakeFirstOrThrow();
  return BigInt(sum);
}

/** What would keep a new one back (money frozen, something owed) keeps one that was asked for before. */
function mayLeave(tx: Tx, ctx: Ctx, { customer_id: customerId }: Withdrawal): Promise<void> {
  return ctx.bus.emit(tx, ctx, 'withdrawal.asked', { customerId });
}

/** What became of the transfer that staff made by hand. */
export async function withdrawalBankResult(
  tx: Tx,
  ctx: Ctx,
  input: { id: string; partId: string; reference?: string; failure?: string },
): Promise<void> {
  const withdrawal = await withdrawalLock(tx, ctx, input.id);
  const part = (await partsOf(tx, [withdrawal.id])).find(({ id }) => id === input.partId);
  if (!part?.bank_account_id) throw kernelProblem['not-found']();
  if (part.state !== 'sending') throw problem['withdrawal-over']();
  if (input.reference === undefined) return partEnded(tx, ctx, withdrawal, part, input.failure ?? '');
  try {
    await tx
      .updateTable('funds_withdrawal_part')
      .set({ bank_reference: input.reference })
      .where('id', '=', part.id)
      .execute();
  } catch (error) {
    if (violated(error) === 'funds_withdrawal_part_bank_reference') throw problem['bank-reference-used']();
    throw error;
  }
  await ledgerPost(tx, ctx, {
    kind: 'withdrawal-paid',
    source: 'withdrawal-part',
    sourceId: part.id,
    lines: [
      {
        account: { kind: 'withdrawal_transit', owner: withdrawal.customer_id },
        amount: -part.amount_micro,
      },
      { account: { kind: 'channel_clearing', owner: 'bank-transfer' }, amount: part.amount_micro },
    ],
    memo: { withdrawal: withdrawal.id },
  });
  await partEnded(tx, ctx, withdrawal, part, null);
}

async function set(tx: Tx, withdrawal: Withdrawal, values: Partial<Withdrawal>): Promise<void> {
  await tx.updateTable('funds_withdrawal').set(values).where('id', '=', withdrawal.id).execute();
}

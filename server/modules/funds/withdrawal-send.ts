import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { ledgerPost } from '#modules/ledger/index.ts';
import { channelRefund } from '#modules/payments/index.ts';
import { freezeAgain } from './freeze-again.ts';
import {
  partsOf,
  type Withdrawal,
  type WithdrawalPart,
  withdrawalLock,
  withdrawalRecord,
  withdrawalTell,
} from './withdrawal-row.ts';
import './tables.ts';

/** Sets its parts going: channels are asked by payments' own jobs, transfers are made by staff. */
export async function withdrawalSend(tx: Tx, ctx: Ctx, withdrawal: Withdrawal): Promise<void> {
  await withdrawalRecord(tx, ctx, withdrawal, 'sending');
  for (const part of await partsOf(tx, [withdrawal.id])) {
    await tx
      .updateTable('funds_withdrawal_part')
      .set({ state: 'sending' })
      .where('id', '=', part.id)
      .execute();
    if (part.payment_id === null) continue;
    await channelRefund(tx, ctx, {
      refundId: part.id,
      paymentId: part.payment_id,
      amount: part.amount_micro,
      from: 'withdrawal_transit',
      reason: withdrawal.number,
    });
  }
}

/** The refund that carries a part, and has its id, has ended at its channel. */
export async function withdrawalPartRefunded(
  tx: Tx,
  ctx: Ctx,
  input: { partId: string; failure: string | null },
): Promise<void> {
  const { withdrawal_id } = await tx
    .selectFrom('funds_withdrawal_part')
    .select('withdrawal_id')
    .where('id', '=', input.partId)
    .executeTakeFirstOrThrow();
  const withdrawal = await withdrawalLock(tx, ctx, withdrawal_id);
  const part = (await partsOf(tx, [withdrawal.id])).find(({ id }) => id === input.partId)!;
  if (part.state === 'sending') await partEnded(tx, ctx, withdrawal, part, input.failure);
}

/** One part is paid, or failed and comes back to the balance; with the last one the withdrawal is settled and told. */
export async function partEnded(
  tx: Tx,
  ctx: Ctx,
  withdrawal: Withdrawal,
  part: WithdrawalPart,
  failure: string | null,
): Promise<void> {
  await tx
    .updateTable('funds_withdrawal_part')
    .set({ state: failure === null ? 'paid' : 'failed', failure, ended_at: ctx.now })
    .where('id', '=', part.id)
    .execute();
  if (failure !== null) await giveBack(tx, ctx, withdrawal, part.amount_micro, part.id);
  await withdrawalRecord(tx, ctx, withdrawal, failure === null ? 'part-paid' : 'part-failed', {
    part: formatYuan(part.amount_micro),
    ...(failure === null ? {} : { failure }),
  });
  const parts = await partsOf(tx, [withdrawal.id]);
  if (parts.some(({ state }) => state === 'planned' || state === 'sending')) return;
  await tx
    .updateTable('funds_withdrawal')
    .set({ state: 'settled', settled_at: ctx.now })
    .where('id', '=', withdrawal.id)
    .execute();
  const sum = (state: WithdrawalPart['state']) =>
    parts.filter((p) => p.state === state).reduce((total, p) => total + p.amount_micro, 0n);
  const [paid, failed] = [sum('paid'), sum('failed')];
  if (paid > 0n) await withdrawalTell(tx, ctx, withdrawal, 'withdrawal-paid', { amount: formatYuan(paid) });
  if (failed > 0n && withdrawal.freeze_id) await freezeAgain(tx, ctx, withdrawal.freeze_id, failed);
  if (failed > 0n)
    await withdrawalTell(tx, ctx, withdrawal, 'withdrawal-failed', { amount: formatYuan(failed) });
}

/** What was set aside returns: to the balance, or under the freeze that it came from. */
export async function giveBack(
  tx: Tx,
  ctx: Ctx,
  withdrawal: Withdrawal,
  amount: Micro,
  cause: string,
): Promise<void> {
  const home = withdrawal.freeze_id ? 'customer_frozen' : 'customer_cash';
  await ledgerPost(tx, ctx, {
    kind: 'withdrawal-returned',
    source: 'withdrawal-returned',
    sourceId: `${withdrawal.id}:${cause}`,
    lines: [
      { account: { kind: 'withdrawal_transit', owner: withdrawal.customer_id }, amount: -amount },
      { account: { kind: home, owner: withdrawal.customer_id }, amount },
    ],
    memo: { withdrawal: withdrawal.id },
  });
}

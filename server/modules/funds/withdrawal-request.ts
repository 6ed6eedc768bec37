import { randomInt } from 'node:crypto';
import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { naturalDay } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { balances, ledgerPost, requireCash } from '#modules/ledger/index.ts';
import { refundablePayments } from '#modules/payments/index.ts';
import { acceptanceLatest, clauseCited } from '#modules/terms/index.ts';
import { bankAccountVerified } from './bank-account.ts';
import { problem, ways } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** Money is about to leave. Rooms above that know why it may not throw, and nothing has happened. */
    'withdrawal.asked': { customerId: string };
  }
}

/**
 * Sets cash aside to be paid out, and plans where it goes. `amount` is whole fen. Throws what refuses it, with the clause:
 * the terms, a debt, another one under way, too little cash (gifts and frozen money don't count), no bank account for
 * what can't go back the way it came.
 */
export async function withdrawalRequest(
  tx: Tx,
  ctx: Ctx,
  input: { customerId: string; amount: Micro },
): Promise<string> {
  const { customerId, amount } = input;
  const terms = await acceptanceLatest(tx, customerId);
  if (!terms?.parameters.withdrawal) {
    const clause = terms && clauseCited(ctx, terms.version, 'refund');
    throw problem['withdrawal-not-agreed']({}, clause ? { clause } : {});
  }
  const { receivable } = await balances(tx, ctx.brand.id, customerId);
  if (receivable < 0n) throw problem['withdrawal-owing']({ owed: formatYuan(-receivable) });
  await ctx.bus.emit(tx, ctx, 'withdrawal.asked', { customerId });
  await requireCash(tx, ctx, customerId, amount);
  const id = newId();
  await place(tx, ctx, { id, customerId, amount, freezeId: null });
  await planParts(tx, ctx, { id, customerId, amount });
  await ledgerPost(tx, ctx, {
    kind: 'withdrawal',
    source: 'withdrawal',
    sourceId: id,
    lines: [
      { account: { kind: 'customer_cash', owner: customerId }, amount: -amount },
      { account: { kind: 'withdrawal_transit', owner: customerId }, amount },
    ],
    memo: { withdrawal: id },
  });
  await auditRecord(tx, ctx, {
    action: 'withdrawal.requested',
    subject: { kind: 'withdrawal', id },
    customerId,
    clause: terms.clauseOf('withdrawal'),
    facts: { amount: formatYuan(amount) },
  });
  return id;
}

export async function place(
  tx: Tx,
  ctx: Ctx,
  input: { id: string; customerId: string; amount: Micro; freezeId: string | null },
): Promise<void> {
  const number = `T${naturalDay(ctx.now, ctx.brand.zone).replaceAll('-', '')}${String(randomInt(1e10)).padStart(10, '0')}`;
  try {
    await tx
      .insertInto('funds_withdrawal')
      .values({
        id: input.id,
        brand: ctx.brand.id,
        number,
        customer_id: input.customerId,
        amount_micro: input.amount,
        freeze_id: input.freezeId,
        state: 'requested',
        requested_at: ctx.now,
        decided_by: null,
        decided_at: null,
        decision_reason: null,
        settled_at: null,
      })
      .execute();
  } catch (error) {
    if (violated(error) === 'funds_withdrawal_one_open') throw problem['withdrawal-open']();
    throw error;
  }
}

/** Throws `bank-account-needed` when a part can't go back the way it came and there is no verified account. */
export async function planParts(
  tx: Tx,
  ctx: Ctx,
  input: { id: string; customerId: string; amount: Micro },
): Promise<void> {
  const sources = await refundablePayments(tx, ctx, input.customerId);
  const parts = ways(input.amount, sources);
  const toBank = parts.find((part) => part.paymentId === null);
  const account = toBank ? await bankAccountVerified(tx, input.customerId) : null;
  if (toBank && !account) throw problem['bank-account-needed']({ amount: formatYuan(toBank.amount) });
  await tx
    .insertInto('funds_withdrawal_part')
    .values(
      parts.map((part) => ({
        id: newId(),
        withdrawal_id: input.id,
        amount_micro: part.amount,
        payment_id: part.paymentId,
        bank_account_id: part.paymentId === null ? account!.id : null,
        state: 'planned' as const,
        bank_reference: null,
        failure: null,
        ended_at: null,
      })),
    )
    .execute();
}

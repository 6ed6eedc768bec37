import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { customerRead } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import {
  paymentCredit,
  type TransferPayment,
  transferClose,
  transferLocked,
} from '#modules/payments/index.ts';
import { creditable, problem } from './rules.ts';
import type { ReceiptTable } from './tables.ts';
import './tables.ts';

type Receipt = Selectable<ReceiptTable>;

/**
 * Staff found the customer's transfer at the bank: credits what the bank received, even after the payment had expired
 * (F42). The bank's reference stands for the receipt, and a receipt is credited once. A receipt that a statement
 * brought is taken as the statement says; `amount` and `receivedOn` are for one that no statement has shown yet.
 */
export async function transferApprove(
  tx: Tx,
  ctx: Ctx,
  input: { paymentId: string; bankReference: string; amount: Micro; receivedOn: string },
): Promise<void> {
  const payment = await transferLocked(tx, ctx, input.paymentId);
  if (!creditable(payment)) throw problem['transfer-decided']();
  const account = accountOf(ctx);
  const receipt = await receiptLocked(tx, ctx, account, input.bankReference);
  if (receipt && receipt.state !== 'held') throw problem['receipt-used']();
  if (receipt && receipt.amount_micro !== input.amount)
    throw problem['receipt-differs']({ received: formatYuan(receipt.amount_micro) });
  if (receipt) await receiptCredited(tx, ctx, receipt, payment.id, input.bankReference);
  else await receiptSaid(tx, ctx, account, payment, input);
  await paymentCredit(tx, ctx, payment, {
    paid: input.amount,
    from: receipt ? 'payment_held' : 'channel_clearing',
    tradeNo: input.bankReference,
    settledAt: null,
    facts: { bank_reference: input.bankReference, declared: formatYuan(payment.amount_micro) },
  });
}

export async function transferRefuse(
  tx: Tx,
  ctx: Ctx,
  input: { paymentId: string; reason: string },
): Promise<void> {
  const payment = await transferLocked(tx, ctx, input.paymentId);
  if (payment.state !== 'pending') throw problem['transfer-decided']();
  await transferClose(tx, ctx, payment, input.reason);
  const customer = await customerRead(tx, payment.customer_id);
  await noticeSend(tx, ctx, {
    kind: 'transfer-refused',
    dedupe: `transfer-refused:${payment.id}`,
    to: { customerId: customer.id, userId: customer.user_id, email: customer.email, locale: customer.locale },
    values: {
      amount: formatYuan(payment.amount_micro),
      reference: payment.out_trade_no,
      reason: input.reason,
    },
  });
}

export function accountOf(ctx: Ctx): string {
  const { bankAccount } = ctx.brand;
  if (!bankAccount) throw problem['transfers-not-offered']();
  return bankAccount.number;
}

function receiptLocked(
  tx: Tx,
  ctx: Ctx,
  account: string,
  bankReference: string,
): Promise<Receipt | undefined> {
  return tx
    .selectFrom('transfers_receipt')
    .selectAll()
    .where('brand', '=', ctx.brand.id)
    .where('account', '=', account)
    .where('bank_reference', '=', bankReference)
    .forUpdate()
    .executeTakeFirst();
}

export async function receiptCredited(
  tx: Tx,
  ctx: Ctx,
  receipt: Receipt,
  paymentId: string,
  reason: string,
): Promise<void> {
  await tx
    .updateTable('transfers_receipt')
    .set({
      state: 'credited',
      payment_id: paymentId,
      decided_at: ctx.now,
      decided_by: staffOf(ctx).staffId,
      decision_reason: reason,
    })
    .where('id', '=', receipt.id)
    .execute();
}

/** A receipt of which only staff have said something: the next statement will show it, and is compared with this. */
async function receiptSaid(
  tx: Tx,
  ctx: Ctx,
  account: string,
  payment: TransferPayment,
  input: { bankReference: string; amount: Micro; receivedOn: string },
): Promise<void> {
  const slip = await tx
    .selectFrom('transfers_slip')
    .select('payer_name')
    .where('payment_id', '=', payment.id)
    .orderBy('created_at', 'desc')
    .limit(1)
    .executeTakeFirst();
  const placed = await tx
    .insertInto('transfers_receipt')
    .values({
      id: newId(),
      brand: ctx.brand.id,
      account,
      bank_reference: input.bankReference,
      amount_micro: input.amount,
      received_on: input.receivedOn,
      payer_name: slip?.payer_name ?? '',
      memo: '',
      statement_id: null,
      state: 'credited',
      payment_id: payment.id,
      created_at: ctx.now,
      decided_at: ctx.now,
      decided_by: staffOf(ctx).staffId,
      decision_reason: input.bankReference,
    })
    .onConflict((conflict) => conflict.constraint('transfers_receipt_once').doNothing())
    .executeTakeFirst();
  // Somebody else was quicker with the same reference.
  if (placed.numInsertedOrUpdatedRows === 0n) throw problem['receipt-used']();
}

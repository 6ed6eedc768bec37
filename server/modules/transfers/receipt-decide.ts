import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { staffOf } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customerFind } from '#modules/identity/index.ts';
import { ledgerPost } from '#modules/ledger/index.ts';
import {
  paymentAdopt,
  paymentCredit,
  type TransferPayment,
  transferLocked,
  transferReference,
} from '#modules/payments/index.ts';
import { creditable, problem } from './rules.ts';
import { receiptCredited } from './transfer-match.ts';
import './tables.ts';

/**
 * Money that the bank received and that nobody announced goes to the customer whom staff found, or to the transfer that
 * it belongs to. Throws `receipt-used`, `transfer-decided` or `not-found`.
 */
export async function receiptAssign(
  tx: Tx,
  ctx: Ctx,
  input: { id: string; to: { paymentId: string } | { customerId: string }; reason: string },
): Promise<string> {
  // Payments are locked before receipts everywhere, so that two of the staff never wait for each other.
  const payment = await target(tx, ctx, input.to);
  const receipt = await heldReceipt(tx, ctx, input.id);
  const row = payment ?? (await announce(tx, ctx, input, receipt));
  await receiptCredited(tx, ctx, receipt, row.id, input.reason);
  await paymentCredit(tx, ctx, row, {
    paid: receipt.amount_micro,
    from: 'payment_held',
    tradeNo: receipt.bank_reference,
    settledAt: null,
    facts: { bank_reference: receipt.bank_reference, reason: input.reason },
  });
  return row.id;
}

async function target(
  tx: Tx,
  ctx: Ctx,
  to: { paymentId: string } | { customerId: string },
): Promise<TransferPayment | null> {
  if (!('paymentId' in to)) return null;
  const payment = await transferLocked(tx, ctx, to.paymentId);
  if (!creditable(payment)) throw problem['transfer-decided']();
  return payment;
}

async function announce(
  tx: Tx,
  ctx: Ctx,
  input: { to: { paymentId: string } | { customerId: string }; reason: string },
  receipt: { amount_micro: bigint; bank_reference: string },
): Promise<TransferPayment> {
  const customer =
    'customerId' in input.to ? await customerFind(tx, ctx.brand.id, input.to.customerId) : undefined;
  if (!customer) throw kernelProblem['not-found']();
  return paymentAdopt(tx, ctx, {
    customerId: customer.id,
    channel: 'bank-transfer',
    outTradeNo: transferReference(),
    tradeNo: receipt.bank_reference,
    paid: receipt.amount_micro,
    reason: input.reason,
  });
}

/** Staff sent it back from the bank's own site: `bankReference` is that transfer's. */
export async function receiptReturn(
  tx: Tx,
  ctx: Ctx,
  input: { id: string; reason: string; bankReference: string },
): Promise<void> {
  const receipt = await heldReceipt(tx, ctx, input.id);
  await tx
    .updateTable('transfers_receipt')
    .set({
      state: 'returned',
      decided_at: ctx.now,
      decided_by: staffOf(ctx).staffId,
      decision_reason: input.reason,
    })
    .where('id', '=', receipt.id)
    .execute();
  await ledgerPost(tx, ctx, {
    kind: 'receipt-returned',
    source: 'receipt-returned',
    sourceId: receipt.id,
    lines: [
      { account: { kind: 'payment_held', owner: 'bank-transfer' }, amount: -receipt.amount_micro },
      { account: { kind: 'channel_clearing', owner: 'bank-transfer' }, amount: receipt.amount_micro },
    ],
    memo: { bank_reference: receipt.bank_reference, returned_by: input.bankReference },
  });
  await auditRecord(tx, ctx, {
    action: 'receipt.returned',
    subject: { kind: 'receipt', id: receipt.id },
    customerId: null,
    facts: {
      amount: formatYuan(receipt.amount_micro),
      bank_reference: receipt.bank_reference,
      returned_by: input.bankReference,
      reason: input.reason,
    },
  });
}

async function heldReceipt(tx: Tx, ctx: Ctx, id: string) {
  const receipt = await tx
    .selectFrom('transfers_receipt')
    .selectAll()
    .where('id', '=', id)
    .where('brand', '=', ctx.brand.id)
    .forUpdate()
    .executeTakeFirst();
  if (!receipt) throw kernelProblem['not-found']();
  if (receipt.state !== 'held') throw problem['receipt-used']();
  return receipt;
}

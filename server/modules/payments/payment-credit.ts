import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { isErasedMailbox } from '#kernel/erased.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { ledgerPost } from '#modules/ledger/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { problem } from './rules.ts';
import type { PaymentTable } from './tables.ts';
import './events.ts';
import './tables.ts';

/**
 * The one way by which a payment becomes balance: state, ledger, audit, notice, event. The caller holds the payment's
 * row; the ledger's `payment` source refuses a second time whatever happens. `paid` is what really came;
 * `from` is where it stands: still with the channel, or held here. Throws `account-erased`: nobody could use it.
 */
export async function paymentCredit(
  tx: Tx,
  ctx: Ctx,
  payment: Selectable<PaymentTable>,
  input: {
    paid: Micro;
    from: 'channel_clearing' | 'payment_held';
    tradeNo: string | null;
    settledAt: Date | null;
    facts?: Record<string, string>;
  },
): Promise<void> {
  const { id, customer_id, channel, out_trade_no } = payment;
  const customer = await customerRead(tx, customer_id);
  if (isErasedMailbox(customer.email)) throw problem['account-erased']();
  await tx
    .updateTable('payments_payment')
    .set({
      state: 'paid',
      paid_micro: input.paid,
      paid_at: ctx.now,
      settled_at: input.settledAt ?? ctx.now,
      trade_no: input.tradeNo,
      query_at: null,
      closed_reason: null,
    })
    .where('id', '=', id)
    .execute();
  const { posted } = await ledgerPost(tx, ctx, {
    kind: 'top-up',
    source: 'payment',
    sourceId: id,
    lines: [
      { account: { kind: input.from, owner: channel }, amount: -input.paid },
      { account: { kind: 'customer_cash', owner: customer_id }, amount: input.paid },
    ],
    memo: { channel, out_trade_no },
  });
  if (!posted) throw new Error(`payment ${id} was credited before`);
  const amount = formatYuan(input.paid);
  await auditRecord(tx, ctx, {
    action: 'payment.received',
    subject: { kind: 'payment', id },
    customerId: customer_id,
    facts: { channel, amount, trade_no: input.tradeNo, late: payment.state === 'closed', ...input.facts },
  });
  await noticeSend(tx, ctx, {
    kind: 'payment-received',
    dedupe: `payment:${id}`,
    to: { customerId: customer.id, userId: customer.user_id, email: customer.email, locale: customer.locale },
    values: { amount },
  });
  await ctx.bus.emit(tx, ctx, 'payment.credited', {
    paymentId: id,
    customerId: customer_id,
    channel,
    amount: input.paid,
  });
}

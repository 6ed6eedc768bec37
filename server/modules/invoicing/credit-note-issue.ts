import type { Ctx } from '#kernel/ctx.ts';
import { type Tx, violated } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { auditRecord, type ClauseRef } from '#modules/audit/index.ts';
import { customerRead } from '#modules/identity/index.ts';
import { noticeSend } from '#modules/notify/index.ts';
import { numberTake } from './number-take.ts';
import { problem } from './rules.ts';
import { sellerOf } from './seller.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** Less was sold than an invoice says; `invoiceId` names it. */
    'credit-note.issued': {
      invoiceId: string;
      customerId: string;
      amount: Micro;
      cash: Micro;
      number: string;
    };
  }
}

export interface Credit {
  orderId: string;
  /** With sourceId, names the refund: credited once. */
  source: string;
  sourceId: string;
  amount: Micro;
  tax: Micro;
  /** The part that goes back in money; without it money is taken to go back before gifts. */
  cash?: Micro | undefined;
  reason: string;
  clause?: ClauseRef | undefined;
}

/**
 * Credits what is refunded of an order's invoice. Answers its number; null where the order has no invoice, or the
 * refund has been credited. Throws `credit-above-invoice`.
 */
export async function creditNoteIssue(tx: Tx, ctx: Ctx, credit: Credit): Promise<string | null> {
  if (credit.amount <= 0n) return null;
  const invoice = await tx
    .selectFrom('invoicing_invoice')
    .select(['id', 'number', 'customer_id', 'amount_micro', 'gift_micro'])
    .where('brand', '=', ctx.brand.id)
    .where('order_id', '=', credit.orderId)
    .forNoKeyUpdate()
    .executeTakeFirst();
  if (!invoice) return null;
  const earlier = await tx
    .selectFrom('invoicing_credit_note')
    .select(['source', 'source_id', 'cash_micro'])
    .where('invoice_id', '=', invoice.id)
    .execute();
  if (earlier.some(({ source, source_id }) => source === credit.source && source_id === credit.sourceId))
    return null;
  // Of a bill too, paid or not: what goes back of one that isn't is used for what is owed on it, and counts as paid then.
  const own = invoice.amount_micro - invoice.gift_micro;
  const left = earlier.reduce((rest, { cash_micro }) => rest - cash_micro, own);
  const asked = credit.cash ?? credit.amount;
  const cash = asked < left ? asked : left;
  const id = newId();
  const number = await insert(tx, ctx, { ...credit, id, cash, invoice });
  await auditRecord(tx, ctx, {
    action: 'credit-note.issued',
    subject: { kind: 'invoice', id: invoice.id },
    customerId: invoice.customer_id,
    ...(credit.clause ? { clause: credit.clause } : {}),
    facts: { number, invoice: invoice.number, amount: formatYuan(credit.amount), reason: credit.reason },
  });
  const customer = await customerRead(tx, invoice.customer_id);
  await noticeSend(tx, ctx, {
    kind: 'credit-note-issued',
    dedupe: `credit-note:${id}`,
    to: { customerId: customer.id, userId: customer.user_id, email: customer.email, locale: customer.locale },
    values: { number, invoice: invoice.number, amount: formatYuan(credit.amount) },
  });
  const { amount } = credit;
  const customerId = invoice.customer_id;
  await ctx.bus.emit(tx, ctx, 'credit-note.issued', {
    invoiceId: invoice.id,
    customerId,
    amount,
    cash,
    number,
  });
  return number;
}

interface Placed extends Credit {
  id: string;
  cash: Micro;
  invoice: { id: string; number: string; customer_id: string };
}

async function insert(tx: Tx, ctx: Ctx, { invoice, ...credit }: Placed): Promise<string> {
  const seller = sellerOf(ctx.brand);
  await tx
    .insertInto('invoicing_seller')
    .values({ sha256: seller.sha256, brand: ctx.brand.id, facts: seller.facts })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
  const { series, sequence } = await numberTake(tx, ctx, 'CRN');
  const { clause } = credit;
  try {
    const { number } = await tx
      .insertInto('invoicing_credit_note')
      .values({
        id: credit.id,
        brand: ctx.brand.id,
        series,
        sequence,
        invoice_id: invoice.id,
        customer_id: invoice.customer_id,
        source: credit.source,
        source_id: credit.sourceId,
        reason: credit.reason,
        clause: clause
          ? JSON.stringify({ clause: clause.clause, version: clause.version, sha256: clause.sha256 })
          : null,
        amount_micro: credit.amount,
        tax_micro: credit.tax,
        cash_micro: credit.cash,
        seller: seller.sha256,
        issued_at: ctx.now,
      })
      .returning('number')
      .executeTakeFirstOrThrow();
    return number;
  } catch (error) {
    if (violated(error) !== 'invoicing_credit_note_within') throw error;
    throw problem['credit-above-invoice']({ number: invoice.number });
  }
}

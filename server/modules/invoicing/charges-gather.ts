import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import type { LocalizedText } from '#kernel/text.ts';
import { monthOfCharge } from './rules.ts';
import type { Explanation } from './tables.ts';
import './tables.ts';

export interface Charge {
  id: string;
  customerId: string;
  product: string;
  text: LocalizedText;
  /** Below zero where a correction takes back. */
  amount: Micro;
  tax: Micro;
  paid?: { cash: Micro; gift: Micro } | undefined;
  periodStart: Date;
  periodEnd: Date;
  explain: Explanation;
}

/** Puts charges with the month that they will be invoiced with; a charge that is there already is left alone. */
export async function chargesGather(tx: Tx, ctx: Ctx, charges: readonly Charge[]): Promise<void> {
  if (charges.length === 0) return;
  const rows = charges.map((charge) => {
    const { month, closeAt } = monthOfCharge(charge.periodEnd, ctx.now, ctx.brand.zone);
    return {
      id: charge.id,
      brand: ctx.brand.id,
      customer_id: charge.customerId,
      product: charge.product,
      text: JSON.stringify({ zh: charge.text.zh, en: charge.text.en }),
      amount_micro: charge.amount,
      tax_micro: charge.tax,
      cash_micro: charge.paid?.cash ?? 0n,
      gift_micro: charge.paid?.gift ?? 0n,
      period_start: charge.periodStart,
      period_end: charge.periodEnd,
      explain: JSON.stringify(charge.explain),
      month,
      close_at: closeAt,
      invoice_id: null,
      line: null,
      created_at: ctx.now,
    };
  });
  for (let from = 0; from < rows.length; from += BATCH) {
    await tx
      .insertInto('invoicing_charge')
      .values(rows.slice(from, from + BATCH))
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
  }
}

/** PostgreSQL takes 65,535 values in a statement. */
const BATCH = 3_000;

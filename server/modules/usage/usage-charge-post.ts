import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import type { Line, Posting } from '#modules/ledger/index.ts';
import type { UsageCharge } from '#modules/metering/index.ts';
import './tables.ts';

/** The `source` of postings for usage; the charge's id is their source id. */
export const USAGE = 'usage';

export interface TaxedCharge extends UsageCharge {
  /** Contained in the amount. */
  tax: Micro;
}

/** What was charged is earned: the usage is over. */
export function posting(charge: TaxedCharge, kind: string, paying: Line[]): Posting {
  return {
    kind,
    source: USAGE,
    sourceId: charge.id,
    lines: [
      ...paying,
      { account: { kind: 'revenue', owner: charge.meter.product }, amount: charge.amount - charge.tax },
      { account: { kind: 'tax', owner: 'all' }, amount: charge.tax },
    ],
    memo: { product: charge.meter.product, meter: charge.meter.name, month: charge.month },
  };
}

interface Paid {
  charge: TaxedCharge;
  cash: Micro;
  gift: Micro;
  owed: Micro;
}

export async function paymentsRecord(tx: Tx, ctx: Ctx, paid: Paid[]): Promise<void> {
  if (paid.length === 0) return;
  await tx
    .insertInto('billing_usage_payment')
    .values(
      paid.map(({ charge, gift, cash, owed }) => ({
        charge_id: charge.id,
        brand: ctx.brand.id,
        customer_id: charge.customerId,
        meter_no: charge.meter.no,
        month: charge.month,
        gift_micro: gift,
        cash_micro: cash,
        owed_micro: owed,
        tax_micro: charge.tax,
        at: ctx.now,
      })),
    )
    .execute();
}

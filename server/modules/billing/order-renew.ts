import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { type Micro, multiply } from '#kernel/money.ts';
import { addMonthsAnchored } from '#kernel/time.ts';
import { catalogueInForce } from '#modules/catalogue/index.ts';
import { requireCash } from '#modules/ledger/index.ts';
import type { AcceptedTerms } from '#modules/terms/index.ts';
import { orderRecord, type PaidOrder, requirePeriod } from './order-place.ts';

export interface Renewal {
  serviceId: string;
  customerId: string;
  product: string;
  plan: string;
  region: string;
  months: number;
  /** Yuan a month at which this service was bought. */
  monthly: Micro;
  /** The end of the period that is paid; the next begins there, whether it has passed or not. */
  periodEnd: Date;
  anchorDay: number;
  terms: AcceptedTerms;
}

/** Charges the next period of a service, once: a second order for the same period is refused by its unique key. */
export async function orderRenew(tx: Tx, ctx: Ctx, renewal: Renewal): Promise<PaidOrder> {
  requirePeriod(ctx, renewal.terms, renewal.months);
  const amount = multiply(renewal.monthly, BigInt(renewal.months));
  await requireCash(tx, ctx, renewal.customerId, amount);
  const catalogue = await catalogueInForce(tx, ctx.brand.id, ctx.now);
  return orderRecord(tx, ctx, {
    kind: 'renewal',
    customerId: renewal.customerId,
    serviceId: renewal.serviceId,
    product: renewal.product,
    plan: renewal.plan,
    region: renewal.region,
    months: renewal.months,
    amount,
    catalogueVersionId: catalogue.id,
    periodStart: renewal.periodEnd,
    periodEnd: addMonthsAnchored(renewal.periodEnd, renewal.months, renewal.anchorDay, ctx.brand.zone),
  });
}

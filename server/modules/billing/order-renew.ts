import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import { addMonthsAnchored } from '#kernel/time.ts';
import {
  type Catalogue,
  catalogueInForce,
  couponFind,
  couponTake,
  type KeptPrice,
  type Options,
  priceKept,
} from '#modules/catalogue/index.ts';
import type { AcceptedTerms } from '#modules/terms/index.ts';
import { requirePeriod } from './order-place.ts';
import { type Meanwhile, type NewOrder, ordersRecord, type PaidOrder } from './order-record.ts';
import type { Short } from './pay.ts';

export interface Renewal {
  serviceId: string;
  customerId: string;
  product: string;
  plan: string;
  region: string;
  options?: Options;
  months: number;
  /** Yuan a month at which this service was bought. */
  monthly: Micro;
  /** The end of the period that is paid; the next begins there, whether it has passed or not. */
  periodEnd: Date;
  anchorDay: number;
  terms: AcceptedTerms;
  coupon?: string | undefined;
  /** By a bill that is paid later. */
  onCredit?: boolean;
}

/**
 * Charges the next periods of services, set-wise, each once: a second order for the same period is refused by its unique
 * key. What a customer can't pay comes back `Short`. A coupon takes part in a renewal by hand, one at a time.
 */
export async function ordersRenew(
  tx: Tx,
  ctx: Ctx,
  renewals: readonly Renewal[],
  meanwhile?: Meanwhile,
): Promise<(PaidOrder | Short)[]> {
  const catalogue = await catalogueInForce(tx, ctx.brand.id, ctx.now);
  const drafts: NewOrder[] = [];
  const kept = new Map<string, KeptPrice>();
  const ends = new Map<string, Date>();
  for (const renewal of renewals) {
    requirePeriod(ctx, renewal.terms, renewal.months);
    const { lines, amount, tax, redemptionId } = await renewalPrice(tx, ctx, catalogue, renewal, kept);
    const { customerId, serviceId, product, plan, region, months, periodEnd } = renewal;
    drafts.push({
      kind: 'renewal',
      ...{ customerId, serviceId, product, plan, region, months, lines, amount, tax, redemptionId },
      options: renewal.options ?? NO_OPTIONS,
      catalogueVersionId: catalogue.id,
      periodStart: periodEnd,
      periodEnd: renewedUntil(ctx, renewal, ends),
      ...(renewal.onCredit ? { onCredit: true } : {}),
    });
  }
  return ordersRecord(tx, ctx, drafts, meanwhile);
}

const NO_OPTIONS: Options = {};

/** `known` remembers ends within a batch, as `kept` does prices. */
function renewedUntil(ctx: Ctx, { periodEnd, months, anchorDay }: Renewal, known: Map<string, Date>): Date {
  const key = `${periodEnd.getTime()} ${months} ${anchorDay}`;
  const end = known.get(key) ?? addMonthsAnchored(periodEnd, months, anchorDay, ctx.brand.zone);
  known.set(key, end);
  return end;
}

/** `kept` remembers prices within a batch: most of its services are of few plans. */
async function renewalPrice(
  tx: Tx,
  ctx: Ctx,
  { document }: Catalogue,
  renewal: Renewal,
  kept: Map<string, KeptPrice>,
) {
  const key = `${renewal.product} ${renewal.plan} ${renewal.months} ${renewal.monthly}`;
  const full = kept.get(key) ?? priceKept(document, renewal);
  kept.set(key, full);
  if (!renewal.coupon) return { ...full, redemptionId: null };
  const { customerId } = renewal;
  const use = { kind: 'renewal' as const, customerId, firstOrder: false };
  const { coupon, discount } = await couponFind(tx, ctx, renewal.coupon, use);
  const priced = priceKept(document, renewal, discount);
  const amount = full.amount - priced.amount;
  return { ...priced, redemptionId: await couponTake(tx, ctx, { coupon, customerId, amount }) };
}

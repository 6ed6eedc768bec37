import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import { addMonthsAnchored } from '#kernel/time.ts';
import { type Catalogue, catalogueInForce, couponsUntake, type Options } from '#modules/catalogue/index.ts';
import type { Short } from '#modules/gifts/index.ts';
import type { AcceptedTerms } from '#modules/terms/index.ts';
import { requirePeriod } from './order-place.ts';
import { type Meanwhile, type NewOrder, ordersRecord, type PaidOrder } from './order-record.ts';
import { type RenewalPriced, renewalsPrice } from './renewal-price.ts';

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
  /** Where the period begins, whether that has passed or not. */
  from: Date;
  anchorDay: number;
  terms: AcceptedTerms;
  /** By its code; without one, the coupon that recurs at the service's renewals. */
  coupon?: string | undefined;
  /** By a bill that is paid later. */
  onCredit?: boolean;
}

/**
 * Charges the next periods of services, set-wise, each once: a second order for the same period is refused by its unique
 * key. What a customer can't pay comes back `Short`, and uses no coupon.
 */
export async function ordersRenew(
  tx: Tx,
  ctx: Ctx,
  renewals: readonly Renewal[],
  meanwhile?: Meanwhile,
): Promise<(PaidOrder | Short)[]> {
  for (const { terms, months } of renewals) requirePeriod(ctx, terms, months);
  const catalogue = await catalogueInForce(tx, ctx.brand.id, ctx.now);
  const prices = await renewalsPrice(tx, ctx, catalogue, renewals);
  const ends = new Map<string, Date>();
  const drafts = renewals.map((renewal, i) => orderOf(ctx, catalogue, renewal, prices[i]!, ends));
  const results = await ordersRecord(tx, ctx, drafts, meanwhile);
  await couponsUntake(
    tx,
    results.flatMap((result, i) => ('missing' in result ? (prices[i]!.taking ?? []) : [])),
  );
  return results;
}

function orderOf(
  ctx: Ctx,
  catalogue: Catalogue,
  renewal: Renewal,
  priced: RenewalPriced,
  ends: Map<string, Date>,
): NewOrder {
  const { lines, amount, tax, redemptionId } = priced;
  const { customerId, serviceId, product, plan, region, months, from } = renewal;
  return {
    kind: 'renewal',
    ...{ customerId, serviceId, product, plan, region, months, lines, amount, tax, redemptionId },
    options: renewal.options ?? NO_OPTIONS,
    catalogueVersionId: catalogue.id,
    periodStart: from,
    periodEnd: renewedUntil(ctx, renewal, ends),
    ...(renewal.onCredit ? { onCredit: true } : {}),
  };
}

const NO_OPTIONS: Options = {};

/** `known` remembers ends within a batch. */
function renewedUntil(ctx: Ctx, { from, months, anchorDay }: Renewal, known: Map<string, Date>): Date {
  const key = `${from.getTime()} ${months} ${anchorDay}`;
  const end = known.get(key) ?? addMonthsAnchored(from, months, anchorDay, ctx.brand.zone);
  known.set(key, end);
  return end;
}

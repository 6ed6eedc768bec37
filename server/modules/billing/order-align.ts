import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { naturalDay } from '#kernel/time.ts';
import { type CatalogueDocument, catalogueInForce, type Options, taxIn } from '#modules/catalogue/index.ts';
import { notEnough, payPreview } from '#modules/gifts/index.ts';
import { type AcceptedTerms, clauseCited, periodsSold } from '#modules/terms/index.ts';
import { type NewOrder, ordersRecord, type PaidOrder } from './order-record.ts';
import { problem, timeUpTo } from './rules.ts';

/** A service whose paid time is to go on up to a common end. */
export interface Alignment {
  serviceId: string;
  customerId: string;
  product: string;
  plan: string;
  region: string;
  options: Options;
  /** Yuan a month at which this service was bought. */
  monthly: Micro;
  periodEnd: Date;
  anchorDay: number;
  terms: AcceptedTerms;
  label: string;
}

/** What it would come to, one amount for each, and how it would be paid. Throws `period-not-sold` with the clause. */
export async function alignPreview(db: Db | Tx, ctx: Ctx, services: readonly Alignment[], until: Date) {
  const { document } = await catalogueInForce(db, ctx.brand.id, ctx.now);
  const amounts = services.map((service) => ({
    serviceId: service.serviceId,
    amount: priced(ctx, document, service, until).amount,
  }));
  const customerId = services[0]!.customerId;
  const demands = services.map(({ product }, i) => ({ product, amount: amounts[i]!.amount }));
  return { amounts, payment: await payPreview(db, ctx, customerId, demands) };
}

/**
 * Pays each service's time up to the common end, whole months at the price it keeps and what is left of a month in
 * proportion; all or nothing. Throws `period-not-sold`, `insufficient-balance`.
 */
export async function ordersAlign(
  tx: Tx,
  ctx: Ctx,
  services: readonly Alignment[],
  until: Date,
): Promise<PaidOrder[]> {
  const catalogue = await catalogueInForce(tx, ctx.brand.id, ctx.now);
  const drafts = services.map((service): NewOrder => {
    const { serviceId, customerId, product, plan, region, options, periodEnd } = service;
    return {
      kind: 'extension',
      ...{ serviceId, customerId, product, plan, region, options },
      ...priced(ctx, catalogue.document, service, until),
      months: 0,
      catalogueVersionId: catalogue.id,
      periodStart: periodEnd,
      periodEnd: until,
    };
  });
  const orders = await ordersRecord(tx, ctx, drafts);
  const missing = orders.reduce((sum, order) => ('missing' in order ? sum + order.missing : sum), 0n);
  if (missing > 0n) throw notEnough(missing);
  return orders.flatMap((order) => ('missing' in order ? [] : [order]));
}

/** Terms that sell one length only (蓝天云 5.2: monthly) have no part of a month to sell. */
function priced(ctx: Ctx, document: CatalogueDocument, service: Alignment, until: Date) {
  const { terms, monthly, periodEnd, anchorDay } = service;
  const sold = periodsSold(terms.parameters);
  if (terms.parameters.periods && sold.length < 2) {
    const clause = clauseCited(ctx, terms.version, 'periods');
    throw problem['period-not-sold']({ months: sold.join(', ') }, { clause });
  }
  const amount = timeUpTo(monthly, { from: periodEnd, until, anchorDay, zone: ctx.brand.zone });
  const day = naturalDay(until, ctx.brand.zone);
  const price = formatYuan(monthly);
  const text = {
    zh: `${service.label} 补齐至 ${day}（每月 ${price} 元）`,
    en: `${service.label} up to ${day} (CNY ${price} a month)`,
  };
  return { lines: [{ text, amount }], amount, tax: taxIn(document, amount) };
}

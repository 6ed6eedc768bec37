import { sql } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { Micro } from '#kernel/money.ts';
import { addMonthsAnchored, dayOfMonth } from '#kernel/time.ts';
import {
  couponRecurs,
  couponTake,
  isFor,
  type Options,
  type PageSaid,
  type Piece,
  type Plan,
  pageSaid,
  type Selection,
  stockTake,
} from '#modules/catalogue/index.ts';
import { gateBuy } from '#modules/gates/index.ts';
import { notEnough, payPreview, type Short } from '#modules/gifts/index.ts';
import { cashLocked } from '#modules/ledger/index.ts';
import { type AcceptedTerms, clauseCited, periodsSold } from '#modules/terms/index.ts';
import { cartPrice, demandsOf } from './order-price.ts';
import { ordersRecord, type PaidOrder } from './order-record.ts';
import { problem } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A new service is paid for. Rooms above make it in the same transaction, or throw and nothing has happened. */
    'order.placed': OrderPlaced;
  }
}

export interface NewService {
  /** A fresh id for the service to be. */
  serviceId: string;
  /** What the customer calls it. */
  label: string;
  /** For the room that makes the service; billing doesn't look into it. */
  configuration: unknown;
}

export interface Cart {
  customerId: string;
  /** As many services as there are in `services`. */
  lines: (Omit<Selection, 'quantity'> & { services: NewService[] })[];
  coupon?: string | undefined;
}

export interface OrderPlaced {
  order: PaidOrder;
  customerId: string;
  terms: AcceptedTerms;
  /** What the order page said over them; null: nothing. */
  page: PageSaid | null;
  product: string;
  /** With what the options add. */
  plan: Plan;
  options: Options;
  region: string;
  /** A month of it at list price, for its renewals. */
  monthly: Micro;
  anchorDay: number;
  label: string;
  configuration: unknown;
}

/** More would make one transaction hold stock, nodes and accounts for too long. */
export const MOST_PIECES = 20;

/**
 * Buys new services from the customer's gifts and balance, an order for each: gates, price, coupon, stock, money, and
 * the services themselves, all or nothing. Throws the problem of whichever refuses.
 */
export async function ordersPlace(tx: Tx, ctx: Ctx, cart: Cart): Promise<PaidOrder[]> {
  const { customerId } = cart;
  const services = cart.lines.flatMap((line) => line.services);
  if (services.length > MOST_PIECES) throw problem['too-many-pieces']({ most: MOST_PIECES });
  await customerLock(tx, ctx, cart);
  const selections = cart.lines.map(({ services: { length: quantity }, ...line }) => ({ ...line, quantity }));
  const { quote, coupon, catalogueVersionId } = await cartPrice(tx, ctx, {
    customerId,
    selections,
    coupon: cart.coupon,
  });
  const mainland = quote.pieces.some(({ region }) => region.mainland);
  const terms = await gateBuy(tx, ctx, { customerId, mainland });
  for (const { months } of cart.lines) requirePeriod(ctx, terms, months);
  const before = await payPreview(tx, ctx, customerId, demandsOf(quote));
  if (before.missing > 0n) throw notEnough(before.missing);
  const redemptionId = coupon
    ? await couponTake(tx, ctx, { coupon, customerId, amount: quote.discount })
    : null;
  if (coupon) {
    const serviceIds = quote.pieces.flatMap(({ product, plan }, i) =>
      isFor(coupon, { product: product.id, plan: plan.id }) ? [services[i]!.serviceId] : [],
    );
    await couponRecurs(tx, ctx, { coupon, customerId, serviceIds });
  }
  for (const { plan, region } of quote.pieces) await stockTake(tx, ctx, plan, region.id);

  const anchorDay = dayOfMonth(ctx.now, ctx.brand.zone);
  const drafts = quote.pieces.map((piece, i) => {
    const { serviceId } = services[i]!;
    return { ...orderOf(ctx, piece, anchorDay), customerId, serviceId, redemptionId, catalogueVersionId };
  });
  const orders = (await ordersRecord(tx, ctx, drafts)).map(orThrow);
  for (const [i, order] of orders.entries()) {
    const { label, configuration } = services[i]!;
    const { product, plan, options, region, monthly } = quote.pieces[i]!;
    const what = { product: product.id, plan, options, region: region.id, monthly };
    const page = pageSaid(product, catalogueVersionId);
    const placed = { order, customerId, terms, page, ...what, anchorDay, label, configuration };
    await ctx.bus.emit(tx, ctx, 'order.placed', placed);
  }
  return orders;
}

/** Money before stock, in all that buy and refund; a coupon's "first order" needs one order at a time. */
async function customerLock(tx: Tx, ctx: Ctx, { customerId, coupon }: Cart): Promise<void> {
  if (coupon)
    await sql`select pg_advisory_xact_lock(hashtextextended(${`billing.coupon:${customerId}`}, 0))`.execute(
      tx,
    );
  await cashLocked(tx, ctx, [customerId]);
}

function orderOf(ctx: Ctx, piece: Piece, anchorDay: number) {
  return {
    kind: 'new' as const,
    product: piece.product.id,
    plan: piece.plan.id,
    region: piece.region.id,
    options: piece.options,
    months: piece.months,
    lines: piece.lines,
    amount: piece.amount,
    tax: piece.tax,
    periodStart: ctx.now,
    periodEnd: addMonthsAnchored(ctx.now, piece.months, anchorDay, ctx.brand.zone),
  };
}

function orThrow(result: PaidOrder | Short): PaidOrder {
  if ('missing' in result) throw notEnough(result.missing);
  return result;
}

export function requirePeriod(ctx: Ctx, terms: AcceptedTerms, months: number): void {
  const sold = periodsSold(terms.parameters);
  if (!sold.includes(months)) {
    throw problem['period-not-sold'](
      { months: sold.join(', ') },
      { clause: clauseCited(ctx, terms.version, terms.parameters.periods ? 'periods' : 'payment') },
    );
  }
}

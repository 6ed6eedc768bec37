import { randomInt } from 'node:crypto';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan, type Micro } from '#kernel/money.ts';
import { addMonthsAnchored, dayOfMonth, naturalDay } from '#kernel/time.ts';
import { auditRecord } from '#modules/audit/index.ts';
import { catalogueInForce, type Plan, price, stockTake } from '#modules/catalogue/index.ts';
import { ledgerPost, requireCash } from '#modules/ledger/index.ts';
import { type AcceptedTerms, clauseCited, gatePurchase, periodsSold } from '#modules/terms/index.ts';
import { accrualStart } from './accrual.ts';
import { problem } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    /** A new service is paid for. Rooms above make it in the same transaction, or throw and nothing has happened. */
    'order.placed': OrderPlaced;
  }
}

export interface OrderRequest {
  /** A fresh id for the service to be. */
  serviceId: string;
  customerId: string;
  plan: string;
  region: string;
  months: number;
  /** What the customer calls it. */
  label: string;
  /** For the room that makes the service; billing doesn't look into it. */
  configuration: unknown;
}

export interface PaidOrder {
  id: string;
  number: string;
  serviceId: string;
  amount: Micro;
  periodStart: Date;
  periodEnd: Date;
}

export interface OrderPlaced {
  order: PaidOrder;
  customerId: string;
  terms: AcceptedTerms;
  product: string;
  plan: Plan;
  region: string;
  anchorDay: number;
  label: string;
  configuration: unknown;
}

/**
 * Buys a new service from the customer's balance: gates, price, stock, money, and the service itself, all or
 * nothing. Throws the problem of whichever refuses.
 */
export async function orderPlace(tx: Tx, ctx: Ctx, request: OrderRequest): Promise<PaidOrder> {
  const catalogue = await catalogueInForce(tx, ctx.brand.id, ctx.now);
  const { product, plan, region, total } = price(catalogue.document, request);
  const terms = await gatePurchase(tx, ctx, { customerId: request.customerId, mainland: region.mainland });
  requirePeriod(ctx, terms, request.months);
  await requireCash(tx, ctx, request.customerId, total);
  await stockTake(tx, ctx, plan, region.id);

  const anchorDay = dayOfMonth(ctx.now, ctx.brand.zone);
  const order = await orderRecord(tx, ctx, {
    kind: 'new',
    customerId: request.customerId,
    serviceId: request.serviceId,
    product: product.id,
    plan: plan.id,
    region: region.id,
    months: request.months,
    amount: total,
    catalogueVersionId: catalogue.id,
    periodStart: ctx.now,
    periodEnd: addMonthsAnchored(ctx.now, request.months, anchorDay, ctx.brand.zone),
  });
  await ctx.bus.emit(tx, ctx, 'order.placed', {
    order,
    customerId: request.customerId,
    terms,
    product: product.id,
    plan,
    region: region.id,
    anchorDay,
    label: request.label,
    configuration: request.configuration,
  });
  return order;
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

interface NewOrder extends Omit<PaidOrder, 'id' | 'number'> {
  kind: 'new' | 'renewal';
  customerId: string;
  product: string;
  plan: string;
  region: string;
  months: number;
  catalogueVersionId: string;
}

/** Charges the balance and defers the revenue; the period itself can be ordered once (`billing_order_period_once`). */
export async function orderRecord(tx: Tx, ctx: Ctx, input: NewOrder): Promise<PaidOrder> {
  const id = newId();
  const number = `${naturalDay(ctx.now, ctx.brand.zone).replaceAll('-', '')}${String(randomInt(1e10)).padStart(10, '0')}`;
  await tx
    .insertInto('billing_order')
    .values({
      id,
      brand: ctx.brand.id,
      number,
      customer_id: input.customerId,
      kind: input.kind,
      service_id: input.serviceId,
      product: input.product,
      plan: input.plan,
      region: input.region,
      months: input.months,
      amount_micro: input.amount,
      catalogue_version_id: input.catalogueVersionId,
      period_start: input.periodStart,
      period_end: input.periodEnd,
      state: 'paid',
      created_at: ctx.now,
      refunded_at: null,
    })
    .execute();
  if (input.amount > 0n) {
    await ledgerPost(tx, ctx, {
      kind: input.kind === 'new' ? 'order' : 'renewal',
      source: 'order',
      sourceId: id,
      lines: [
        { account: { kind: 'customer_cash', owner: input.customerId }, amount: -input.amount },
        { account: { kind: 'deferred_revenue', owner: input.product }, amount: input.amount },
      ],
      memo: { order: number },
    });
  }
  await accrualStart(tx, ctx, { orderId: id, ...input });
  await auditRecord(tx, ctx, {
    action: input.kind === 'new' ? 'order.placed' : 'order.renewed',
    subject: { kind: 'order', id },
    customerId: input.customerId,
    facts: { number, amount: formatYuan(input.amount), service: input.serviceId, months: input.months },
  });
  const { serviceId, amount, periodStart, periodEnd } = input;
  return { id, number, serviceId, amount, periodStart, periodEnd };
}

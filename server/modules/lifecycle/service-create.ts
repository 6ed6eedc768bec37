import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { OrderPlaced } from '#modules/billing/index.ts';
import type { Plan } from '#modules/catalogue/index.ts';
import { nextReminder } from './rules.ts';
import './tables.ts';

declare module '#kernel/events.ts' {
  interface Events {
    'service.created': ServiceCreated;
    /** Could it be of this plan? Who can't bring it about throws; nothing else happens. */
    'service.change-asked': { serviceId: string; plan: Plan };
  }
}

export interface ServiceCreated {
  serviceId: string;
  customerId: string;
  product: string;
  plan: Plan;
  region: string;
  label: string;
  configuration: unknown;
}

/** A service begins with the order that pays for it, under the terms that its customer accepted. */
export async function serviceCreate(tx: Tx, ctx: Ctx, placed: OrderPlaced): Promise<void> {
  const { order, terms, customerId, product, plan, region, label, configuration } = placed;
  const daysBefore = terms.parameters.reminders?.days_before ?? [];
  await tx
    .insertInto('lifecycle_service')
    .values({
      id: order.serviceId,
      brand: ctx.brand.id,
      customer_id: customerId,
      acceptance_id: terms.acceptanceId,
      product,
      plan: plan.id,
      region,
      label,
      renewal_price_micro: placed.monthly,
      options: JSON.stringify(placed.options),
      state: 'preparing',
      anchor_day: placed.anchorDay,
      period_start: order.periodStart,
      period_end: order.periodEnd,
      remind_at: nextReminder(order.periodEnd, daysBefore, ctx.now, ctx.brand.zone),
      suspended_at: null,
      delete_at: null,
      deleted_at: null,
      created_at: ctx.now,
    })
    .execute();
  await ctx.bus.emit(tx, ctx, 'service.created', {
    serviceId: order.serviceId,
    customerId,
    product,
    plan,
    region,
    label,
    configuration,
  });
}

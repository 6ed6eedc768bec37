import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { OrderPlaced } from '#modules/billing/index.ts';
import type { Plan } from '#modules/catalogue/index.ts';
import { layerAdd, type Policy, policyOf } from '#modules/terms/index.ts';
import { nextReminder } from './rules.ts';
import { policyOn } from './service-row.ts';
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

/**
 * A service begins with the order that pays for it, under the terms that its customer accepted, and under what the order
 * page said over them (七牛云 11.1): that stays, whatever the page says later.
 */
export async function serviceCreate(tx: Tx, ctx: Ctx, placed: OrderPlaced): Promise<void> {
  const { order, terms, page, customerId, product, plan, region, label, configuration } = placed;
  const { zone } = ctx.brand;
  const remindAt = ({ parameters }: Pick<Policy, 'parameters'>) =>
    nextReminder(order.periodEnd, parameters.reminders?.days_before ?? [], ctx.now, zone);
  const service = await tx
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
      remind_at: remindAt(terms),
      suspended_at: null,
      delete_at: null,
      deleted_at: null,
      created_at: ctx.now,
    })
    .returningAll()
    .executeTakeFirstOrThrow();
  if (page) {
    await layerAdd(tx, ctx, {
      ...{ ...page, layer: 'order-page', customerId, serviceId: service.id },
      ...{ fromAt: ctx.now, toAt: null },
    });
    const remind_at = remindAt(await policyOf(tx, policyOn(service), ctx.now));
    await tx.updateTable('lifecycle_service').set({ remind_at }).where('id', '=', service.id).execute();
  }
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

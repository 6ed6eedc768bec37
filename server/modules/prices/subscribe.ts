import type { Bus } from '#kernel/events.ts';
import { pricesAnnounced } from './prices-tell.ts';
import { serviceFollows } from './services-move.ts';

export function subscribe(bus: Bus): void {
  bus.on('prices.announced', pricesAnnounced);
  bus.on('service.created', (tx, ctx, { serviceId }) => serviceFollows(tx, ctx, serviceId));
  bus.on('order.changed', (tx, ctx, { serviceId, plan, options, monthly }) =>
    serviceFollows(tx, ctx, serviceId, { plan: plan.id, options, monthly }),
  );
}

import type { Bus } from '#kernel/events.ts';
import { renewalsAfterPayment } from './auto-renew.ts';
import { pricesAnnounced } from './price-notices.ts';
import { serviceCreate } from './service-create.ts';

export function subscribe(bus: Bus): void {
  bus.on('order.placed', serviceCreate);
  bus.on('prices.announced', pricesAnnounced);
  bus.on('payment.credited', (tx, ctx, { customerId }) => renewalsAfterPayment(tx, ctx, customerId));
}

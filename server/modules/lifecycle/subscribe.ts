import type { Bus } from '#kernel/events.ts';
import { renewalsAfterPayment } from './auto-renew.ts';
import { serviceCreate } from './service-create.ts';

export function subscribe(bus: Bus): void {
  bus.on('order.placed', serviceCreate);
  bus.on('payment.credited', (tx, ctx, { customerId }) => renewalsAfterPayment(tx, ctx, customerId));
}

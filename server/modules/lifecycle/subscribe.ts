import type { Bus } from '#kernel/events.ts';
import { renewalsAfterPayment } from './auto-renew.ts';
import { serviceCreate } from './service-create.ts';
import { renewalsOff, servicesEndOnDisagreement, servicesFollow } from './terms-followed.ts';

export function subscribe(bus: Bus): void {
  bus.on('restriction.lifted', (tx, ctx, { customerId }) => renewalsAfterPayment(tx, ctx, customerId));
  bus.on('order.placed', serviceCreate);
  bus.on('terms.accepted', servicesFollow);
  bus.on('terms.disagreed', renewalsOff);
  bus.on('terms.disagreement-due', servicesEndOnDisagreement);
  bus.on('payment.credited', (tx, ctx, { customerId }) => renewalsAfterPayment(tx, ctx, customerId));
}

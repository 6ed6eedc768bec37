import type { Bus } from '#kernel/events.ts';
import { instanceChange, instanceFits, instanceHandOver } from './instance-change.ts';
import { instanceCreate } from './instance-create.ts';
import { instancesAllow } from './power.ts';
import { regionsMoved, webSettle } from './restrain.ts';

export function subscribe(bus: Bus): void {
  bus.on('service.created', instanceCreate);
  bus.on('service.change-asked', async (tx, ctx, asked) => void (await instanceFits(tx, ctx, asked)));
  bus.on('order.changed', instanceChange);
  bus.on('service.handed-over', instanceHandOver);
  bus.on('catalogue.holds', regionsMoved);
  bus.on('filing.moved', (tx, ctx, { customerId }) => webSettle(tx, ctx, customerId));
  bus.on('restriction.placed', (tx, ctx, { customerId }) => webSettle(tx, ctx, customerId));
  bus.on('restriction.lifted', (tx, ctx, { customerId }) => webSettle(tx, ctx, customerId));
  bus.on('terms.accepted', (tx, ctx, { customerId }) => webSettle(tx, ctx, customerId));
  bus.on('service.suspended', (tx, _ctx, { serviceIds }) => instancesAllow(tx, serviceIds, 'suspended'));
  bus.on('service.restored', (tx, _ctx, { serviceIds }) => instancesAllow(tx, serviceIds, 'yes'));
  bus.on('service.deleted', (tx, _ctx, { serviceIds }) => instancesAllow(tx, serviceIds, 'gone'));
}

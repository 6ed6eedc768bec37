import type { Bus } from '#kernel/events.ts';
import { instanceChange, instanceFits } from './instance-change.ts';
import { instanceCreate } from './instance-create.ts';
import { instanceAllow } from './power.ts';

export function subscribe(bus: Bus): void {
  bus.on('service.created', instanceCreate);
  bus.on('service.change-asked', async (tx, ctx, asked) => void (await instanceFits(tx, ctx, asked)));
  bus.on('order.changed', instanceChange);
  bus.on('service.suspended', (tx, _ctx, { serviceId }) => instanceAllow(tx, serviceId, 'suspended'));
  bus.on('service.restored', (tx, _ctx, { serviceId }) => instanceAllow(tx, serviceId, 'yes'));
  bus.on('service.deleted', (tx, _ctx, { serviceId }) => instanceAllow(tx, serviceId, 'gone'));
}

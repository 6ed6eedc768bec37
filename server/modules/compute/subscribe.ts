import type { Bus } from '#kernel/events.ts';
import { instanceCreate } from './instance-create.ts';
import { instanceAllow } from './power.ts';

export function subscribe(bus: Bus): void {
  bus.on('service.created', instanceCreate);
  bus.on('service.suspended', (tx, _ctx, { serviceId }) => instanceAllow(tx, serviceId, 'suspended'));
  bus.on('service.restored', (tx, _ctx, { serviceId }) => instanceAllow(tx, serviceId, 'yes'));
  bus.on('service.deleted', (tx, _ctx, { serviceId }) => instanceAllow(tx, serviceId, 'gone'));
}

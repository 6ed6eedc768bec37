import type { Bus } from '#kernel/events.ts';
import { serviceCreate } from './service-create.ts';

export function subscribe(bus: Bus): void {
  bus.on('order.placed', serviceCreate);
}

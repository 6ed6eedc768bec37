import type { Bus } from '#kernel/events.ts';
import { newcomerTell } from './newcomer-tell.ts';

/** After compute, which says where a new service's machine stands. */
export function subscribe(bus: Bus): void {
  bus.on('service.created', newcomerTell);
}

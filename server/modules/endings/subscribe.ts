import type { Bus } from '#kernel/events.ts';
import { breachGranted } from './breach.ts';

export function subscribe(bus: Bus): void {
  bus.on('approval.granted', breachGranted);
}

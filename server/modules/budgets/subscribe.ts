import type { Bus } from '#kernel/events.ts';
import { budgetsCheckSoon } from './budget-check.ts';

export function subscribe(bus: Bus): void {
  bus.on('usage.read', (tx, ctx, { customerIds }) => budgetsCheckSoon(tx, ctx, customerIds));
}

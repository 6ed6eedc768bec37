import type { Bus } from '#kernel/events.ts';
import { nodeLooked } from './look.ts';

export function subscribe(bus: Bus): void {
  bus.on('node.looked', (tx, ctx, { nodeId, answers }) => nodeLooked(tx, { nodeId, answers, at: ctx.now }));
}

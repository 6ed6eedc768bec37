import type { Bus } from '#kernel/events.ts';
import { filingsLost } from './filing.ts';
import { gateEnter } from './gate.ts';

/** Rooms below ask by what they are about to do; a handler that throws undoes it. */
export function subscribe(bus: Bus): void {
  bus.on('withdrawal.asked', (tx, ctx, { customerId }) =>
    gateEnter(tx, ctx, { customerId, act: 'withdraw' }),
  );
  bus.on('domain.lost', filingsLost);
  bus.on('top-up.asked', (tx, ctx, { customerId }) => gateEnter(tx, ctx, { customerId, act: 'top-up' }));
}

import type { Bus } from '#kernel/events.ts';
import { debtsSettle } from './debts-settle.ts';
import { WRITE_OFF_ACT, writeOff } from './write-off.ts';

export function subscribe(bus: Bus): void {
  bus.on('approval.granted', async (tx, ctx, approval) => {
    if (approval.act === WRITE_OFF_ACT)
      await writeOff(tx, ctx, { id: approval.subject.id, reason: approval.reason });
  });
  // What is owed comes before anything else that new money could be used for.
  bus.on('payment.credited', async (tx, ctx, { customerId }) => {
    await debtsSettle(tx, ctx, customerId);
  });
}

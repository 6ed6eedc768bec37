import type { Bus } from '#kernel/events.ts';
import { claimApproved, GRANT_ACT } from './claim-decide.ts';

export function subscribe(bus: Bus): void {
  bus.on('approval.granted', async (tx, ctx, { act, subject }) => {
    if (act === GRANT_ACT) await claimApproved(tx, ctx, subject.id, true);
  });
  bus.on('approval.denied', async (tx, ctx, { act, subject }) => {
    if (act === GRANT_ACT) await claimApproved(tx, ctx, subject.id, false);
  });
}

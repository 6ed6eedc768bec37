import type { Bus } from '#kernel/events.ts';
import { RETURN_ACT } from './freeze-decide.ts';
import { freezeReturn } from './freeze-return.ts';
import { WITHDRAW_ACT, withdrawalApproved } from './withdrawal-decide.ts';
import { withdrawalPartRefunded } from './withdrawal-send.ts';

export function subscribe(bus: Bus): void {
  bus.on('approval.granted', async (tx, ctx, { act, subject, reason }) => {
    if (act === WITHDRAW_ACT) await withdrawalApproved(tx, ctx, subject.id, true);
    if (act === RETURN_ACT) await freezeReturn(tx, ctx, { id: subject.id, reason });
  });
  bus.on('approval.denied', async (tx, ctx, { act, subject }) => {
    if (act === WITHDRAW_ACT) await withdrawalApproved(tx, ctx, subject.id, false);
  });
  bus.on('channel-refund.done', async (tx, ctx, { from, refundId }) => {
    if (from === 'withdrawal_transit')
      await withdrawalPartRefunded(tx, ctx, { partId: refundId, failure: null });
  });
  bus.on('channel-refund.failed', async (tx, ctx, { from, refundId, detail }) => {
    if (from === 'withdrawal_transit')
      await withdrawalPartRefunded(tx, ctx, { partId: refundId, failure: detail });
  });
}

import type { Bus } from '#kernel/events.ts';
import { requestApproved, requestDenied } from './request-decide.ts';
import { EXPORT_ACT } from './rules.ts';

export function subscribe(bus: Bus): void {
  bus.on('approval.granted', async (tx, ctx, { act, subject }) => {
    if (act === EXPORT_ACT) await requestApproved(tx, ctx, subject.id);
  });
  bus.on('approval.denied', async (tx, ctx, { act, subject }) => {
    if (act === EXPORT_ACT) await requestDenied(tx, ctx, subject.id);
  });
}

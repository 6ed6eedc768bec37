import type { Bus } from '#kernel/events.ts';
import { contractAgree, contractRefuse } from './contract-agree.ts';
import { contractEnd, END_ACT } from './contract-end.ts';
import { RECORD_ACT } from './contract-record.ts';

export function subscribe(bus: Bus): void {
  bus.on('approval.granted', async (tx, ctx, { act, subject, reason }) => {
    if (act === RECORD_ACT) await contractAgree(tx, ctx, subject.id);
    if (act === END_ACT) await contractEnd(tx, ctx, { id: subject.id, reason });
  });
  bus.on('approval.denied', async (tx, ctx, { act, subject }) => {
    if (act === RECORD_ACT) await contractRefuse(tx, ctx, subject.id);
  });
}

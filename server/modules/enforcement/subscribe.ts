import type { Bus } from '#kernel/events.ts';
import { contactCorrected, contactOverdue } from './contact-overdue.ts';
import { MEASURE_ACT, measureDenied, measureGranted } from './measure-place.ts';

export function subscribe(bus: Bus): void {
  bus.on('approval.granted', async (tx, ctx, { act, subject }) => {
    if (act === MEASURE_ACT) await measureGranted(tx, ctx, subject.id);
  });
  bus.on('approval.denied', async (tx, ctx, { act, subject }) => {
    if (act === MEASURE_ACT) await measureDenied(tx, ctx, subject.id);
  });
  bus.on('contact.overdue', contactOverdue);
  bus.on('contact.corrected', contactCorrected);
}

import type { Bus } from '#kernel/events.ts';
import { disagreementSettled } from './disagreement.ts';
import { revisionTell } from './revision-notices.ts';

export function subscribe(bus: Bus): void {
  bus.on('terms.announced', revisionTell);
  bus.on('terms.accepted', disagreementSettled);
}

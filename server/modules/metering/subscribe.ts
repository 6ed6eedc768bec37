import type { Bus } from '#kernel/events.ts';
import { subjectsEnd, subjectsFollow } from './terms-followed.ts';

export function subscribe(bus: Bus): void {
  bus.on('terms.accepted', subjectsFollow);
  bus.on('terms.disagreement-due', subjectsEnd);
}

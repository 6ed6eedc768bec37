import type { Bus } from '#kernel/events.ts';
import { acceptancesLatest, policiesOf } from '#modules/terms/index.ts';
import { faultCorrect } from './fault-end.ts';
import { faultOpen } from './fault-open.ts';

export function subscribe(bus: Bus): void {
  bus.on('contact.unreachable', (tx, ctx, event) => faultOpen(tx, ctx, event));
  bus.on('contact.set', (tx, ctx, event) => faultCorrect(tx, ctx, event));
  bus.on('notices.placing', async (tx, ctx, { customerIds, answer }) => {
    const latest = await acceptancesLatest(tx, customerIds);
    const policies = await policiesOf(tx, latest, ctx.now);
    for (const [i, { customerId }] of latest.entries()) answer(customerId, policies[i]!.parameters);
  });
}

import type { Bus } from '#kernel/events.ts';
import { formatYuan } from '#kernel/money.ts';
import { servicesByIds } from '#modules/lifecycle/index.ts';
import { pushTell } from './push-row.ts';

export function subscribe(bus: Bus): void {
  // Whoever has the service now is told of its end by room lifecycle; what goes back goes to who paid.
  bus.on('order.refunded', async (tx, ctx, event) => {
    const [service] = await servicesByIds(tx, ctx.brand.id, [event.serviceId]);
    if (!service || service.customer_id === event.customerId) return;
    await pushTell(tx, ctx, event.customerId, {
      kind: 'push-refunded',
      dedupe: `push-refunded:${event.orderId}:${event.cause}`,
      values: {
        hostname: service.label,
        amount: formatYuan(event.amount),
        clause: event.clause.clause,
      },
    });
  });
}

import { z } from 'zod';
import { mayReach } from '#kernel/grant.ts';
import type { House } from '#kernel/house.ts';
import { type App, amountOut, customerOf, id, instant, listOf } from '#kernel/http.ts';
import { formatYuan } from '#kernel/money.ts';
import { movesOf } from '#modules/catalogue/index.ts';
import { servicesLiving } from '#modules/lifecycle/index.ts';

const move = z.object({
  service_id: id,
  label: z.string(),
  /** Yuan a month. */
  from: amountOut,
  to: amountOut,
  /** The next renewal at or after it costs the new price. */
  from_at: instant,
  told_at: instant,
  period_end: instant,
});

/** What was announced to the customer of own services, and hasn't come with a renewal yet. */
export function routes(app: App, house: House): void {
  app.get(
    '/price-moves',
    {
      config: { access: 'customer', area: 'money', narrows: true },
      schema: { tags: ['services'], response: { 200: listOf(move) } },
    },
    async ({ ctx }) => {
      const { customerId, grant } = customerOf(ctx);
      const living = await servicesLiving(house.db, ctx.brand.id, customerId);
      const services = living.filter((service) => mayReach(grant, service.id));
      const moves = await movesOf(
        house.db,
        services.map((service) => service.id),
      );
      const items = moves.map((row) => {
        const service = services.find((one) => one.id === row.service_id)!;
        return {
          service_id: row.service_id,
          label: service.label,
          from: formatYuan(row.from_micro),
          to: formatYuan(row.to_micro),
          from_at: row.from_at.toISOString(),
          told_at: row.told_at.toISOString(),
          period_end: service.period_end.toISOString(),
        };
      });
      return { items, next: null };
    },
  );
}

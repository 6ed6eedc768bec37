import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import { type App, actOnce, amountOut, customerOf } from '#kernel/http.ts';
import { newId } from '#kernel/ids.ts';
import { formatYuan, parseYuan } from '#kernel/money.ts';
import { coupon, type NewService, orderedShown, ordersPlace, selection } from '#modules/billing/index.ts';
import { accessIn, checkedAccess, sealAccess } from './access.ts';
import { isHostname, problem } from './rules.ts';

const order = selection.extend({
  image: z.string().max(40),
  /** Of several at once: with -1, -2 … after it. */
  hostname: z.string().max(100),
  access: accessIn,
});

export function orderRoutes(app: App, house: House): void {
  const ordered = async (tx: Tx, ctx: Ctx, lines: z.infer<typeof order>[], code: string | undefined) => {
    const placed = await ordersPlace(tx, ctx, {
      customerId: customerOf(ctx).customerId,
      lines: lines.map(({ plan, region, months, options, ...line }) => ({
        ...{ plan, region, months, options },
        services: machines(house, line),
      })),
      coupon: code,
    });
    return placed.map(({ id, number, serviceId, amount }) => ({
      ...{ id, number, service_id: serviceId },
      amount: formatYuan(amount),
    }));
  };

  app.post(
    '/orders',
    {
      config: { access: 'customer', area: 'money' },
      schema: {
        tags: ['services'],
        body: order.extend({ coupon: coupon.optional() }),
        /** The first order; `orders` has all, one for each service. */
        response: { 201: orderedShown.extend({ orders: z.array(orderedShown) }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const { coupon: code, ...line } = request.body;
        const orders = await ordered(tx, ctx, [line], code);
        return { status: 201, body: { ...orders[0]!, orders } };
      }),
  );

  app.post(
    '/carts/orders',
    {
      config: { access: 'customer', area: 'money' },
      schema: {
        tags: ['services'],
        body: z.object({ lines: z.array(order).min(1).max(20), coupon: coupon.optional() }),
        response: { 201: z.object({ orders: z.array(orderedShown), total: amountOut }) },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const orders = await ordered(tx, ctx, request.body.lines, request.body.coupon);
        const total = orders.reduce((sum, { amount }) => sum + parseYuan(amount), 0n);
        return { status: 201, body: { orders, total: formatYuan(total) } };
      }),
  );
}

/** What the machines of one line are to be. */
function machines(
  house: House,
  line: Pick<z.infer<typeof order>, 'hostname' | 'image' | 'access' | 'quantity'>,
): NewService[] {
  return Array.from({ length: line.quantity }, (_, i) => {
    const hostname = line.hostname.trim() + (line.quantity === 1 ? '' : `-${i + 1}`);
    if (!isHostname(hostname))
      throw problem['bad-hostname']({}, { errors: [{ field: 'hostname', message: hostname }] });
    const serviceId = newId();
    const sealedAccess = sealAccess(house.sealer, serviceId, checkedAccess(line.access, hostname));
    return { serviceId, label: hostname, configuration: { image: line.image, hostname, sealedAccess } };
  });
}

import { z } from 'zod';
import type { House } from '#kernel/house.ts';
import { type App, actOnce, amountIn, amountOut, customerOf, id, listOf, page, paged } from '#kernel/http.ts';
import { formatYuan, parseYuan } from '#kernel/money.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { channelChosen, channelsOffered, paymentChannel } from './payment-channel.ts';
import { paymentCreate } from './payment-create.ts';
import { paymentList, paymentShown, presentation, shownPayment } from './payment-read.ts';
import { paymentStart } from './payment-start.ts';
import { callbacks } from './routes-callbacks.ts';
import { staff } from './routes-staff.ts';
import { problem } from './rules.ts';
import type { PaymentTable } from './tables.ts';

const way = z.enum(['page', 'wap', 'qr', 'jsapi', 'h5', 'transfer']);
/** `payer_open_id` is for `jsapi` alone. */
const startFields = { way: way.optional(), payer_open_id: z.string().min(1).max(128).optional() };

const offered = z.object({ channel: paymentChannel, ways: z.array(z.string()), sandbox: z.boolean() });

export function routes(app: App, house: House): void {
  app.get(
    '/payment-channels',
    {
      config: { access: 'public' },
      schema: { tags: ['payments'], response: { 200: z.object({ items: z.array(offered) }) } },
    },
    async (request) => ({ items: await channelsOffered(house.db, house.ports, request.ctx) }),
  );

  app.post(
    '/payments',
    {
      config: { access: 'customer', area: 'money' },
      schema: {
        tags: ['payments'],
        body: z.object({ amount: amountIn, channel: paymentChannel, ...startFields }),
        response: {
          201: presentation.extend({
            id,
            out_trade_no: z.string(),
            amount: amountOut,
            sandbox: z.boolean(),
          }),
        },
      },
    },
    async (request, reply) => {
      const { channel, way, payer_open_id: openId } = request.body;
      const { customerId } = customerOf(request.ctx);
      const made = await actOnce(house, request, reply, async (tx, ctx) => {
        const amount = parseYuan(request.body.amount);
        const offer = await channelChosen(tx, house.ports, ctx, channel, way);
        if (offer.way === 'jsapi' && !openId) throw problem['payer-needed']();
        const { id, outTradeNo } = await paymentCreate(tx, ctx, {
          customerId,
          channel,
          way: offer.way as PaymentTable['way'],
          amount,
        });
        return {
          status: 201,
          body: { id, out_trade_no: outTradeNo, amount: formatYuan(amount), sandbox: offer.sandbox },
        };
      });
      // Only now, when the intent is kept: the same key again begins the same trade again.
      return { ...made, ...(await paymentStart(house, request.ctx, { id: made.id, customerId, openId })) };
    },
  );

  app.post(
    '/payments/:id/start',
    {
      config: { access: 'customer', area: 'money' },
      schema: {
        tags: ['payments'],
        params: z.object({ id }),
        body: z.object(startFields),
        response: { 200: presentation },
      },
    },
    async (request) => {
      const { customerId } = customerOf(request.ctx);
      const { way, payer_open_id: openId } = request.body;
      const [row] = await paymentList(house.db, request.ctx.brand.id, { customerId, id: request.params.id });
      if (!row) throw kernelProblem['not-found']();
      return paymentStart(house, request.ctx, { id: row.id, customerId, way, openId });
    },
  );

  app.get(
    '/payments',
    {
      config: { access: 'customer', area: 'money' },
      schema: { tags: ['payments'], querystring: page, response: { 200: listOf(paymentShown) } },
    },
    async (request) => {
      const filter = { customerId: customerOf(request.ctx).customerId, before: request.query.before };
      const rows = await paymentList(house.db, request.ctx.brand.id, filter);
      return paged(
        rows.map((row) => shownPayment(house, request.ctx, row)),
        (row) => row.id,
      );
    },
  );

  app.get(
    '/payments/:id',
    {
      config: { access: 'customer', area: 'money' },
      schema: { tags: ['payments'], params: z.object({ id }), response: { 200: paymentShown } },
    },
    async (request) => {
      const filter = { customerId: customerOf(request.ctx).customerId, id: request.params.id };
      const [row] = await paymentList(house.db, request.ctx.brand.id, filter);
      if (!row) throw kernelProblem['not-found']();
      return shownPayment(house, request.ctx, row);
    },
  );

  callbacks(app, house);
  staff(app, house);
}

import { z } from 'zod';
import { transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import { type App, actOnce, amountIn, amountOut, customerOf, id, listOf, page, paged } from '#kernel/http.ts';
import { formatYuan, parseYuan } from '#kernel/money.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import { paymentCreate } from './payment-create.ts';
import { paymentList, paymentShown, payUrl, shownPayment } from './payment-read.ts';
import { paymentSettle } from './payment-settle.ts';
import './driver.ts';

export function routes(app: App, house: House): void {
  app.post(
    '/payments',
    {
      config: { access: 'customer' },
      schema: {
        tags: ['payments'],
        body: z.object({ amount: amountIn, channel: z.literal('alipay') }),
        response: {
          201: z.object({
            id,
            out_trade_no: z.string(),
            pay_url: z.string(),
            amount: amountOut,
            sandbox: z.boolean(),
          }),
        },
      },
    },
    (request, reply) =>
      actOnce(house, request, reply, async (tx, ctx) => {
        const amount = parseYuan(request.body.amount);
        const { channel } = request.body;
        const made = await paymentCreate(tx, ctx, {
          customerId: customerOf(ctx).customerId,
          channel,
          amount,
        });
        const pay_url = payUrl(house, ctx, { ...made, amount, channel });
        const { sandbox } = house.ports.payments[channel];
        return {
          status: 201,
          body: { id: made.id, out_trade_no: made.outTradeNo, pay_url, amount: formatYuan(amount), sandbox },
        };
      }),
  );

  app.get(
    '/payments',
    {
      config: { access: 'customer' },
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
      config: { access: 'customer' },
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

/** Alipay's notification: an unsigned one is told "fail", a signed one is settled before it is told "success". */
function callbacks(app: App, house: House): void {
  void app.register(async (scope) => {
    scope.addContentTypeParser(
      'application/x-www-form-urlencoded',
      { parseAs: 'string' },
      (_request, body, done) => {
        done(null, Object.fromEntries(new URLSearchParams(body as string)));
      },
    );
    scope.post(
      '/callbacks/alipay',
      { config: { access: 'callback' }, schema: { tags: ['callbacks'], hide: true } as object },
      async (request, reply) => {
        void reply.type('text/plain');
        const gateway = house.ports.payments.alipay;
        const body = z.record(z.string(), z.string()).safeParse(request.body);
        const facts = body.success ? gateway.verifyNotification(body.data) : null;
        if (!facts) {
          house.log.warn(
            { request_id: request.id, channel: 'alipay' },
            'a notification without a good signature was refused',
          );
          return reply.status(400).send('fail');
        }
        const ctx = {
          ...systemCtx(house, request.ctx.brand.id, 'alipay'),
          requestId: request.id,
          ip: request.ip,
        };
        const state = await transact(house.db, (tx) => paymentSettle(tx, ctx, gateway.merchant, facts));
        if (state === 'held')
          house.log.error(
            { out_trade_no: facts.outTradeNo },
            'payment held: it differs from what we asked for',
          );
        if (state === null)
          house.log.error(
            { out_trade_no: facts.outTradeNo },
            'a signed notification names no payment of ours',
          );
        return reply.send(state === null ? 'fail' : 'success');
      },
    );
  });
}

function staff(app: App, house: House): void {
  app.get(
    '/staff/payments',
    {
      config: { access: 'staff' },
      schema: {
        tags: ['staff'],
        querystring: page.extend({ state: z.enum(['pending', 'paid', 'closed', 'held']).optional() }),
        response: { 200: listOf(paymentShown) },
      },
    },
    async (request) => {
      const rows = await paymentList(house.db, request.ctx.brand.id, request.query);
      return paged(
        rows.map((row) => ({ ...shownPayment(house, request.ctx, row), pay_url: null })),
        (row) => row.id,
      );
    },
  );
}

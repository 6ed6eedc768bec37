import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import { type App, actOnce, amountIn, amountOut, customerOf, id, listOf, page, paged } from '#kernel/http.ts';
import { formatYuan, parseYuan } from '#kernel/money.ts';
import { problem as kernelProblem } from '#kernel/problem.ts';
import type { NoticeOutcome, PaymentGateway } from './driver.ts';
import { CHANNELS, gatewayOf, paymentChannel } from './payment-channel.ts';
import { paymentCreate } from './payment-create.ts';
import { paymentBrand, paymentList, paymentShown, shownPayment } from './payment-read.ts';
import { paymentAskAgain, paymentSettle } from './payment-settle.ts';
import { paymentStart, payShown, payWay } from './payment-start.ts';

/** `payer_open_id` is for `jsapi` alone. */
const startFields = { way: payWay.optional(), payer_open_id: z.string().min(1).max(128).optional() };

export function routes(app: App, house: House): void {
  app.post(
    '/payments',
    {
      config: { access: 'customer' },
      schema: {
        tags: ['payments'],
        body: z.object({ amount: amountIn, channel: paymentChannel, ...startFields }),
        response: {
          201: payShown.extend({ id, out_trade_no: z.string(), amount: amountOut, sandbox: z.boolean() }),
        },
      },
    },
    async (request, reply) => {
      const { channel, way, payer_open_id: openId } = request.body;
      const { customerId } = customerOf(request.ctx);
      const made = await actOnce(house, request, reply, async (tx, ctx) => {
        const amount = parseYuan(request.body.amount);
        const { id, outTradeNo } = await paymentCreate(tx, ctx, { customerId, channel, amount });
        const { sandbox } = gatewayOf(house.ports, channel);
        return {
          status: 201,
          body: { id, out_trade_no: outTradeNo, amount: formatYuan(amount), sandbox },
        };
      });
      // Only now, when the intent is kept: the same key again begins the same trade again.
      return {
        ...made,
        ...(await paymentStart(house, request.ctx, { id: made.id, customerId, way, openId })),
      };
    },
  );

  app.post(
    '/payments/:id/start',
    {
      config: { access: 'customer' },
      schema: {
        tags: ['payments'],
        params: z.object({ id }),
        body: z.object(startFields),
        response: { 200: payShown },
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
      config: { access: 'customer' },
      schema: { tags: ['payments'], querystring: page, response: { 200: listOf(paymentShown) } },
    },
    async (request) => {
      const filter = { customerId: customerOf(request.ctx).customerId, before: request.query.before };
      const rows = await paymentList(house.db, request.ctx.brand.id, filter);
      return paged(
        rows.map((row) => shownPayment(house, request.ctx.now, row)),
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
      return shownPayment(house, request.ctx.now, row);
    },
  );

  callbacks(app, house);
  staff(app, house);
}

/**
 * The channels' messages, raw as they came: their signatures are over the bytes. What isn't signed is refused, what
 * is signed is settled before the channel hears that it was taken.
 */
function callbacks(app: App, house: House): void {
  void app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    for (const channel of CHANNELS) {
      scope.post(
        `/callbacks/${channel}`,
        { config: { access: 'callback' }, schema: { tags: ['callbacks'], hide: true } as object },
        async (request, reply) => {
          const gateway = gatewayOf(house.ports, channel);
          const raw = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
          const outcome = await noticeTake(house, request, gateway, raw);
          const { status, type, body } = gateway.notificationAnswer(outcome);
          return reply.status(status).type(type).send(body);
        },
      );
    }
  });
}

async function noticeTake(
  house: House,
  request: FastifyRequest,
  gateway: PaymentGateway,
  raw: Buffer,
): Promise<NoticeOutcome> {
  const { channel } = gateway;
  const log = { request_id: request.id, channel };
  const notice = await gateway.verifyNotification(request.headers, raw);
  if (!notice) {
    house.log.warn(log, 'a notification without a good signature was refused');
    return 'unsigned';
  }
  const { outTradeNo: out_trade_no } = notice.kind === 'payment' ? notice.trade : notice.refund;
  // A gateway notifies one address for all brands: the payment says whose it is.
  const brand = (await paymentBrand(house.db, out_trade_no)) ?? request.ctx.brand.id;
  const ctx = { ...systemCtx(house, brand, channel), requestId: request.id, ip: request.ip };
  const state = await transact(house.db, (tx) =>
    notice.kind === 'payment'
      ? paymentSettle(tx, ctx, gateway.merchant, notice.trade)
      : paymentAskAgain(tx, ctx, notice.refund.outTradeNo),
  );
  if (state === 'held')
    house.log.error({ ...log, out_trade_no }, 'payment held: it differs from what we asked for');
  if (state === null)
    house.log.error({ ...log, out_trade_no }, 'a signed notification names no payment of ours');
  return state === null ? 'not_ours' : 'taken';
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
        rows.map((row) => shownPayment(house, request.ctx.now, row)),
        (row) => row.id,
      );
    },
  );
}

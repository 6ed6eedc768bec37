import type { FastifyRequest } from 'fastify';
import { transact } from '#kernel/db.ts';
import { type House, systemCtx } from '#kernel/house.ts';
import type { App } from '#kernel/http.ts';
import { GatewayUnknown, type Notice, type NoticeOutcome, type PaymentGateway } from './driver.ts';
import { brandOfTrade, noticeTake } from './notice-take.ts';
import { CHANNELS, gatewayOf } from './payment-channel.ts';
import { problem } from './rules.ts';

/**
 * The channels' messages, raw as they came: their signatures are over the bytes. What isn't signed is refused, what
 * is signed is settled before the channel hears that it was taken.
 */
export function callbacks(app: App, house: House): void {
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
          const outcome = await take(house, request, gateway, raw);
          const { status, type, body } = gateway.notificationAnswer(outcome);
          return reply.status(status).type(type).send(body);
        },
      );
    }
  });
}

async function take(
  house: House,
  request: FastifyRequest,
  gateway: PaymentGateway,
  raw: Buffer,
): Promise<NoticeOutcome> {
  const { channel } = gateway;
  const log = { request_id: request.id, channel };
  const notice = await verified(gateway, request, raw);
  if (!notice) {
    house.log.warn(log, 'a notification without a good signature was refused');
    return 'unsigned';
  }
  const { outTradeNo: out_trade_no } = notice.kind === 'payment' ? notice.trade : notice.refund;
  const brand = (await brandOfTrade(house.db, channel, out_trade_no)) ?? request.ctx.brand.id;
  const ctx = { ...systemCtx(house, brand, channel), requestId: request.id, ip: request.ip };
  const { outcome, held } = await transact(house.db, (tx) => noticeTake(tx, ctx, gateway, notice));
  if (held) house.log.error({ ...log, out_trade_no }, 'payment held: it differs from what we asked for');
  if (outcome === 'not_ours')
    house.log.error({ ...log, out_trade_no }, 'a signed notification names nothing of ours');
  return outcome;
}

/** A key that can't be had now is no reason to refuse: the channel is asked to send it again. */
async function verified(
  gateway: PaymentGateway,
  request: FastifyRequest,
  raw: Buffer,
): Promise<Notice | null> {
  try {
    return await gateway.verifyNotification(request.headers, raw);
  } catch (error) {
    if (error instanceof GatewayUnknown) throw problem['channel-unavailable']();
    throw error;
  }
}

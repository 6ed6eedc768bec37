import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { House } from '#kernel/house.ts';
import { pick } from '#kernel/text.ts';
import { GatewayRefusal, GatewayUnknown, type PaymentRequest, type PayStep, type PayWay } from './driver.ts';
import { gatewayOf } from './payment-channel.ts';
import { problem } from './rules.ts';
import './tables.ts';

export const payWay = z.enum(['page', 'wap', 'qr', 'jsapi', 'h5']);

/** What the payer's device needs next; exactly one of the three is there. */
export const payShown = z.object({
  /** The browser is sent here. */
  pay_url: z.string().nullable(),
  /** The text of a QR code that the payer scans. */
  qr_code: z.string().nullable(),
  /** What `WeixinJSBridge.invoke('getBrandWCPayRequest', …)` takes. */
  jsapi: z.record(z.string(), z.string()).nullable(),
});

/**
 * Begins a pending payment at its channel, or stands where it stood; asks the network, so no transaction is open.
 * `way` is checked against what the channel has; without one the channel's first is taken.
 */
export async function paymentStart(
  house: House,
  ctx: Ctx,
  input: { id: string; customerId: string; way?: PayWay | undefined; openId?: string | undefined },
): Promise<z.infer<typeof payShown>> {
  const payment = await house.db
    .selectFrom('payments_payment')
    .selectAll()
    .where('id', '=', input.id)
    .where('customer_id', '=', input.customerId)
    .where('brand', '=', ctx.brand.id)
    .executeTakeFirstOrThrow();
  if (payment.state !== 'pending' || payment.expires_at <= ctx.now) throw problem['payment-ended']();
  const gateway = gatewayOf(house.ports, payment.channel);
  const way = input.way ?? gateway.ways[0]!;
  if (!gateway.ways.includes(way)) throw problem['way-unsupported']({ ways: gateway.ways.join(', ') });
  const name = pick(ctx.brand.name, ctx.locale);
  const { publicUrl } = house.config;
  const request: PaymentRequest = {
    outTradeNo: payment.out_trade_no,
    way,
    amount: payment.amount_micro,
    subject: ctx.locale === 'zh' ? `${name}账户充值` : `${name} top-up`,
    returnUrl: `${house.brands.url(ctx.brand, publicUrl)}/top-up/${payment.id}`,
    notifyUrl: `${publicUrl}/api/v1/callbacks/${payment.channel}`,
    expiresAt: payment.expires_at,
    payer: { openId: input.openId, ip: ctx.ip ?? undefined },
  };
  try {
    return shown(await gateway.start(request));
  } catch (error) {
    const { outTradeNo: out_trade_no } = request;
    if (error instanceof GatewayRefusal) {
      house.log.warn({ out_trade_no, code: error.code }, 'the channel refused to begin a payment');
      throw problem['channel-refused']();
    }
    if (!(error instanceof GatewayUnknown)) throw error;
    house.log.warn({ out_trade_no, reason: error.message }, 'a payment could not be begun');
    throw problem['channel-unavailable']();
  }
}

function shown(step: PayStep): z.infer<typeof payShown> {
  return {
    pay_url: step.kind === 'redirect' ? step.url : null,
    qr_code: step.kind === 'qr' ? step.code : null,
    jsapi: step.kind === 'jsapi' ? step.parameters : null,
  };
}

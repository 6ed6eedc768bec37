import type { Selectable } from 'kysely';
import type { Ctx } from '#kernel/ctx.ts';
import { transact } from '#kernel/db.ts';
import type { House } from '#kernel/house.ts';
import { pick } from '#kernel/text.ts';
import { GatewayRefusal, GatewayUnknown, type PaymentRequest, type PayStep, type PayWay } from './driver.ts';
import { channelChosen, gatewayOf } from './payment-channel.ts';
import { type Presentation, payable, presented } from './payment-read.ts';
import { problem } from './rules.ts';
import type { PaymentTable } from './tables.ts';
import './tables.ts';

/**
 * What the payer needs next of a pending payment: as it was kept, or begun at its channel now. That asks the network,
 * so no transaction is open. `way`: another one than before begins it anew. A start that fails or isn't answered
 * leaves the payment as it is: `channel-unavailable`, and it can be asked for again.
 */
export async function paymentStart(
  house: House,
  ctx: Ctx,
  input: { id: string; customerId: string; way?: string | undefined; openId?: string | undefined },
): Promise<Presentation> {
  const payment = await house.db
    .selectFrom('payments_payment')
    .selectAll()
    .where('id', '=', input.id)
    .where('customer_id', '=', input.customerId)
    .where('brand', '=', ctx.brand.id)
    .executeTakeFirstOrThrow();
  if (!payable(payment, ctx.now)) throw problem['payment-ended']();
  const wanted = input.way ?? payment.way;
  const { way } = await channelChosen(house.db, house.ports, ctx, payment.channel, wanted);
  const kept = way === payment.way ? presented(payment, ctx.brand) : null;
  if (kept) return kept;
  if (way === 'jsapi' && !input.openId) throw problem['payer-needed']();
  const step = await begin(house, ctx, payment, way as PayWay, input.openId);
  const shown = {
    pay_url: step.kind === 'redirect' ? step.url : null,
    qr_code: step.kind === 'qr' ? step.code : null,
    jsapi: step.kind === 'jsapi' ? step.parameters : null,
    bank_transfer: null,
  };
  await transact(house.db, (tx) =>
    tx
      .updateTable('payments_payment')
      .set({ way: way as PayWay, presentation: JSON.stringify(shown) })
      .where('id', '=', payment.id)
      .execute(),
  );
  return shown;
}

async function begin(
  house: House,
  ctx: Ctx,
  payment: Selectable<PaymentTable>,
  way: PayWay,
  openId: string | undefined,
): Promise<PayStep> {
  const gateway = gatewayOf(house.ports, payment.channel);
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
    payer: { openId, ip: ctx.ip ?? undefined },
  };
  try {
    return await gateway.start(request);
  } catch (error) {
    const { outTradeNo: out_trade_no } = request;
    const extra = { payment_id: payment.id };
    if (error instanceof GatewayRefusal) {
      house.log.warn({ out_trade_no, code: error.code }, 'the channel refused to begin a payment');
      throw problem['channel-refused']({}, extra);
    }
    if (!(error instanceof GatewayUnknown)) throw error;
    house.log.warn({ out_trade_no, reason: error.message }, 'a payment could not be begun');
    throw problem['channel-unavailable']({}, extra);
  }
}

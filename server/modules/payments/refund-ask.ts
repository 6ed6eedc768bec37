import type { Selectable } from 'kysely';
import { transact } from '#kernel/db.ts';
import { asSystem, type House } from '#kernel/house.ts';
import { addMinutes } from '#kernel/time.ts';
import { GatewayRefusal, GatewayUnknown, type PaymentGateway, type RefundFacts } from './driver.ts';
import { gatewayOf } from './payment-channel.ts';
import { refundRefused, refundSettle } from './refund-settle.ts';
import { nextRefundMinutes } from './rules.ts';
import type { RefundTable } from './tables.ts';
import './tables.ts';

type Refund = Selectable<RefundTable>;

/**
 * One step towards the end of a refund. That it is being asked for is kept before it is asked, so that whoever comes
 * after a death in between looks first and never takes "no answer" for "not done".
 */
export async function refundAsk(house: House, id: string): Promise<void> {
  const refund = await asked(house, id);
  if (!refund) return;
  const gateway = gatewayOf(house.ports, refund.channel);
  const first = refund.asked === 1;
  const outcome = await ask(house, gateway, refund, first);
  const state = await asSystem(house, refund.brand, 'refund', (tx, ctx) =>
    'refused' in outcome ? refundRefused(tx, ctx, id, outcome.refused) : refundSettle(tx, ctx, outcome.facts),
  );
  const { out_refund_no } = refund;
  if (state === 'failed') house.log.warn({ out_refund_no }, 'the channel refused a refund');
  if ('facts' in outcome && outcome.facts.state === 'abnormal')
    house.log.error({ out_refund_no }, 'a refund can’t reach the payer: act at the channel');
}

/** Null when it has ended. */
function asked(house: House, id: string): Promise<Refund | null> {
  return transact(house.db, async (tx) => {
    const refund = await tx
      .selectFrom('payments_refund')
      .selectAll()
      .where('id', '=', id)
      .forUpdate()
      .executeTakeFirstOrThrow();
    if (refund.ended_at !== null) return null;
    const count = refund.asked + 1;
    const ask_at = addMinutes(house.clock.now(), nextRefundMinutes(count));
    const state = refund.state === 'requested' ? 'unknown' : refund.state;
    await tx
      .updateTable('payments_refund')
      .set({ asked: count, ask_at, state })
      .where('id', '=', id)
      .execute();
    return { ...refund, asked: count };
  });
}

type Outcome = { facts: RefundFacts } | { refused: string };

async function ask(house: House, gateway: PaymentGateway, refund: Refund, first: boolean): Promise<Outcome> {
  const { out_trade_no: outTradeNo, out_refund_no: outRefundNo } = refund;
  const { publicUrl } = house.config;
  if (!first) {
    const facts = await known(gateway, outTradeNo, outRefundNo);
    if (facts.state !== 'not_found') return { facts };
  }
  try {
    const facts = await gateway.refund({
      outTradeNo,
      outRefundNo,
      amount: refund.amount_micro,
      total: refund.total_micro,
      reason: refund.reason,
      notifyUrl: `${publicUrl}/api/v1/callbacks/${refund.channel}`,
    });
    return { facts };
  } catch (error) {
    if (!(error instanceof GatewayRefusal)) throw error;
    // An earlier try of ours may have gone through: its number is refused now because it is done.
    const facts = await known(gateway, outTradeNo, outRefundNo);
    return facts.state === 'not_found' || facts.state === 'closed' ? { refused: error.code } : { facts };
  }
}

async function known(gateway: PaymentGateway, outTradeNo: string, outRefundNo: string): Promise<RefundFacts> {
  try {
    return await gateway.queryRefund(outTradeNo, outRefundNo);
  } catch (error) {
    if (!(error instanceof GatewayRefusal || error instanceof GatewayUnknown)) throw error;
    const unsaid = { refundNo: null, amount: null, appId: null, sellerId: null, refundedAt: null };
    return { outTradeNo, outRefundNo, state: 'unknown', ...unsaid };
  }
}

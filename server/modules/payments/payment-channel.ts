import { z } from 'zod';
import type { Ctx } from '#kernel/ctx.ts';
import type { Db, Tx } from '#kernel/db.ts';
import type { Ports } from '#kernel/house.ts';
import { termsCurrent } from '#modules/terms/index.ts';
import type { Channel, PaymentGateway } from './driver.ts';
import { problem } from './rules.ts';
import type { PayChannel } from './tables.ts';

/** Those behind a gateway. */
export const CHANNELS = ['alipay', 'wechatpay'] as const satisfies readonly Channel[];

export const paymentChannel = z.enum([...CHANNELS, 'bank-transfer']);

/** The gateway of a channel; a Problem where this deployment has none. */
export function gatewayOf(ports: Ports, channel: PayChannel): PaymentGateway {
  const gateway = channel === 'bank-transfer' ? undefined : ports.payments[channel];
  if (!gateway) throw problem['channel-unavailable']();
  return gateway;
}

export interface OfferedChannel {
  channel: PayChannel;
  ways: string[];
  sandbox: boolean;
}

/** What the brand's terms in force list, as far as this deployment has it; in the order of the terms. */
export async function channelsOffered(
  db: Db | Tx,
  ports: Ports,
  { brand, now: at }: Pick<Ctx, 'brand' | 'now'>,
): Promise<OfferedChannel[]> {
  const { document } = await termsCurrent(db, brand.id, at);
  return document.parameters.payment.channels.flatMap((channel): OfferedChannel[] => {
    if (channel === 'bank-transfer')
      return brand.bankAccount ? [{ channel, ways: ['transfer'], sandbox: false }] : [];
    const gateway = ports.payments[channel];
    return gateway ? [{ channel, ways: [...gateway.ways], sandbox: gateway.sandbox }] : [];
  });
}

/** The channel's offer with the way that is meant; throws `channel-not-offered`, `channel-unavailable`, `way-unsupported`. */
export async function channelChosen(
  db: Db | Tx,
  ports: Ports,
  ctx: Pick<Ctx, 'brand' | 'now'>,
  channel: PayChannel,
  way: string | undefined,
): Promise<OfferedChannel & { way: string }> {
  const { document } = await termsCurrent(db, ctx.brand.id, ctx.now);
  if (!document.parameters.payment.channels.includes(channel)) throw problem['channel-not-offered']();
  const offer = (await channelsOffered(db, ports, ctx)).find((one) => one.channel === channel);
  if (!offer) throw problem['channel-unavailable']();
  if (way !== undefined && !offer.ways.includes(way))
    throw problem['way-unsupported']({ ways: offer.ways.join(', ') });
  return { ...offer, way: way ?? offer.ways[0]! };
}

import { z } from 'zod';
import type { Ports } from '#kernel/house.ts';
import type { Channel, PaymentGateway } from './driver.ts';
import { problem } from './rules.ts';

export const CHANNELS = ['alipay', 'wechatpay'] as const satisfies readonly Channel[];

export const paymentChannel = z.enum(CHANNELS);

/** The gateway of a channel; a Problem where this deployment has none. */
export function gatewayOf(ports: Ports, channel: Channel): PaymentGateway {
  const gateway = ports.payments[channel];
  if (!gateway) throw problem['channel-unavailable']();
  return gateway;
}

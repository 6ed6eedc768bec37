import { join } from 'node:path';
import { sandboxKeys } from '#drivers/alipay/sandbox-keys.ts';
import { type Fields, signedFields } from '#drivers/alipay/sandbox-wire.ts';
import { shanghaiTime } from '#drivers/channel-wire.ts';
import { ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';

export interface Begun {
  id: string;
  out_trade_no: string;
  pay_url: string;
  amount: string;
}

/** A top-up that waits to be paid. */
export async function begin(customer: StoryCustomer, amount: string): Promise<Begun> {
  const begun = await ok(customer.api.POST('/api/v1/payments', { body: { amount, channel: 'alipay' } }));
  return { ...begun, pay_url: begun.pay_url ?? '' };
}

export async function stateOf(customer: StoryCustomer, payment: { id: string }): Promise<string> {
  const path = { id: payment.id };
  return (await ok(customer.api.GET('/api/v1/payments/{id}', { params: { path } }))).state;
}

/** What Alipay would send when the trade is paid, truly signed with its key; `changes` are made before signing, undefined takes a field away. */
export async function notification(
  world: World,
  payment: Begun,
  changes: Partial<Fields> = {},
  key?: string,
): Promise<Fields> {
  const { house } = world.server;
  const keys = await sandboxKeys(join(house.config.dataDir, 'alipay-sandbox'));
  const { appId, sellerId } = house.ports.payments.alipay!.merchant;
  const at = shanghaiTime(world.clock.now());
  const fields: Partial<Fields> = {
    app_id: appId,
    auth_app_id: appId,
    buyer_id: '2088000000000001',
    charset: 'utf-8',
    gmt_create: at,
    gmt_payment: at,
    notify_id: `${payment.out_trade_no}00`,
    notify_time: at,
    notify_type: 'trade_status_sync',
    out_trade_no: payment.out_trade_no,
    seller_id: sellerId,
    subject: '账户充值',
    total_amount: payment.amount,
    trade_no: `20260302220014${payment.out_trade_no.slice(-14)}`,
    trade_status: 'TRADE_SUCCESS',
    version: '1.0',
    ...changes,
  };
  const present = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined);
  return signedFields(Object.fromEntries(present), key ?? keys.alipay.privateKey);
}

/** Sends a notification as the gateway does. */
export async function notify(
  world: World,
  body: Fields | string,
  contentType = 'application/x-www-form-urlencoded; charset=utf-8',
): Promise<{ status: number; text: string }> {
  const response = await fetch(`${world.url}/api/v1/callbacks/alipay`, {
    method: 'POST',
    headers: { 'content-type': contentType },
    body: typeof body === 'string' ? body : new URLSearchParams(body).toString(),
  });
  return { status: response.status, text: await response.text() };
}

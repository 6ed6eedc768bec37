import { join } from 'node:path';
import { sandboxKeys } from '#drivers/alipay/sandbox-keys.ts';
import { type Fields, signedFields } from '#drivers/alipay/sandbox-wire.ts';
import { shanghaiTime } from '#drivers/channel-wire.ts';
import { fenOf, type GatewayFaults } from '#drivers/stand-in/faults.ts';
import { noWechatPayFaults, type WechatPayFaults } from '#drivers/wechatpay/sandbox-faults.ts';
import { wechatPayKeys } from '#drivers/wechatpay/sandbox-keys.ts';
import { sealed, signatureHeaders } from '#drivers/wechatpay/sandbox-wire.ts';
import { rfc3339 } from '#drivers/wechatpay/wire.ts';
import type { PaymentGateway } from '#modules/payments/driver.ts';
import { ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';

/** The channels as a test of faults needs them: begin, pay, and forge whatever the channel could send. */

export interface Begun {
  id: string;
  out_trade_no: string;
  /** The page on which the payer pays; what a phone that scans the code would open. */
  pay_url: string;
  amount: string;
}

/** How a truly signed message differs from the trade; null takes the field away. */
export interface Difference {
  amount?: string;
  currency?: string | null;
  appId?: string | null;
  sellerId?: string | null;
}

export interface Message {
  headers: Record<string, string>;
  body: string;
}

export interface Answer {
  status: number;
  text: string;
}

export interface LocalGateway {
  faults: GatewayFaults;
  deliverDue(): Promise<void>;
  renotify(outTradeNo: string): Promise<void>;
}

export interface PayChannel {
  name: PaymentGateway['channel'];
  sandbox(world: World): LocalGateway;
  /** What the channel would send when the trade is paid, truly signed. `key` signs in place of the channel's. */
  message(world: World, payment: Begun, difference?: Difference, key?: string): Promise<Message>;
  /** The channel takes such an answer for an acknowledgement. */
  taken(answer: Answer): boolean;
}

/** A top-up that waits to be paid. */
export async function begin(
  customer: StoryCustomer,
  amount: string,
  channel: PaymentGateway['channel'] = 'alipay',
): Promise<Begun> {
  const begun = await ok(customer.api.POST('/api/v1/payments', { body: { amount, channel } }));
  return { ...begun, pay_url: begun.pay_url ?? begun.qr_code ?? '' };
}

export async function stateOf(customer: StoryCustomer, payment: { id: string }): Promise<string> {
  const path = { id: payment.id };
  return (await ok(customer.api.GET('/api/v1/payments/{id}', { params: { path } }))).state;
}

/** Sends a message as the channel does. */
export async function send(
  world: World,
  channel: PaymentGateway['channel'],
  { headers, body }: Message,
): Promise<Answer> {
  const response = await fetch(`${world.url}/api/v1/callbacks/${channel}`, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}

/** Alipay's form for a paid trade; `changes` are made before signing, undefined takes a field away. */
export async function alipayForm(
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

export const FORM = 'application/x-www-form-urlencoded; charset=utf-8';

export function alipayMessage(body: Fields | string, contentType = FORM): Message {
  const text = typeof body === 'string' ? body : new URLSearchParams(body).toString();
  return { headers: { 'content-type': contentType }, body: text };
}

/** Undefined where the difference says null, absent where it says nothing. */
function changed(names: Record<string, string | null | undefined>): Partial<Fields> {
  return Object.fromEntries(
    Object.entries(names)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, value ?? undefined]),
  ) as Partial<Fields>;
}

const alipay: PayChannel = {
  name: 'alipay',
  sandbox: (world) => world.server.alipaySandbox!,
  async message(world, payment, difference = {}, key) {
    const { amount, appId, sellerId } = difference;
    const changes = changed({ total_amount: amount, app_id: appId, seller_id: sellerId });
    return alipayMessage(await alipayForm(world, payment, changes, key));
  },
  taken: ({ status, text }) => status === 200 && text === 'success',
};

/** WeChat Pay's notification of `content`, sealed and signed; `faults` disturb the signature. */
export async function wechatPayMessage(
  world: World,
  event: string,
  content: Record<string, unknown>,
  faults: Partial<WechatPayFaults> = {},
): Promise<Message> {
  const keys = await wechatPayKeys(join(world.server.house.config.dataDir, 'wechatpay-sandbox'));
  const now = world.clock.now();
  const kind = event.startsWith('REFUND') ? 'refund' : 'transaction';
  const resource = sealed(JSON.stringify(content), keys.apiV3Key, kind);
  const body = JSON.stringify({
    id: 'EV-2026',
    create_time: rfc3339(now),
    resource_type: 'encrypt-resource',
    event_type: event,
    summary: '支付成功',
    resource: { original_type: kind, ...resource },
  });
  const headers = signatureHeaders(body, keys, 'certificate', { ...noWechatPayFaults(), ...faults }, now);
  return { headers: { 'content-type': 'application/json', ...headers }, body };
}

export function wechatPayContent(world: World, payment: Begun, difference: Difference = {}) {
  const { appId, sellerId } = world.server.house.ports.payments.wechatpay!.merchant;
  const given = { appId, sellerId, currency: 'CNY', ...difference };
  const total = Number(fenOf(difference.amount ?? payment.amount));
  const content = {
    appid: given.appId,
    mchid: given.sellerId,
    out_trade_no: payment.out_trade_no,
    transaction_id: `42000${payment.out_trade_no.replace(/\D/g, '').slice(0, 23)}`,
    trade_type: 'NATIVE',
    trade_state: 'SUCCESS',
    bank_type: 'OTHERS',
    success_time: rfc3339(world.clock.now()),
    payer: { openid: 'oPayer' },
    amount: { total, payer_total: total, currency: given.currency, payer_currency: 'CNY' },
  };
  // A field that is null is sent as one that is missing.
  return JSON.parse(JSON.stringify(content, (_name, value) => value ?? undefined)) as Record<string, unknown>;
}

const wechatpay: PayChannel = {
  name: 'wechatpay',
  sandbox: (world) => world.server.wechatPaySandbox!,
  message: (world, payment, difference, key) =>
    wechatPayMessage(world, 'TRANSACTION.SUCCESS', wechatPayContent(world, payment, difference), {
      foreignKey: key !== undefined,
    }),
  taken: ({ status }) => status === 200 || status === 204,
};

export const CHANNELS: PayChannel[] = [alipay, wechatpay];

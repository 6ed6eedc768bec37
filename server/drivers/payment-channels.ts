import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FastifyPluginAsync } from 'fastify';
import type { Config } from '#kernel/config.ts';
import type { Channel, PaymentGateway } from '#modules/payments/driver.ts';
import { alipayGateway } from './alipay/gateway.ts';
import { type AlipaySandbox, alipaySandbox, sandboxKeys } from './alipay/sandbox.ts';
import type { DriverLog } from './channel-wire.ts';
import { wechatPayGateway } from './wechatpay/gateway.ts';
import { type WechatPaySandbox, wechatPaySandbox } from './wechatpay/sandbox.ts';
import { wechatPayKeys } from './wechatpay/sandbox-keys.ts';

/** A local server that answers for a channel, and the path under which it is mounted. */
export interface StandIn {
  prefix: string;
  plugin: FastifyPluginAsync;
}

export interface Channels {
  gateways: Partial<Record<Channel, PaymentGateway>>;
  standIns: StandIn[];
  alipaySandbox: AlipaySandbox | null;
  wechatPaySandbox: WechatPaySandbox | null;
}

/** The channels with keys; where there are none a stand-in, in production nothing (the channel is absent). */
export async function openChannels(config: Config, now: () => Date, log: DriverLog): Promise<Channels> {
  const channels: Channels = { gateways: {}, standIns: [], alipaySandbox: null, wechatPaySandbox: null };
  if (config.alipay) channels.gateways.alipay = realAlipay(config.alipay, log);
  else if (!config.production) await localAlipay(channels, config, now, log);
  if (config.wechatPay) channels.gateways.wechatpay = realWechatPay(config.wechatPay, now, log);
  else if (!config.production) await localWechatPay(channels, config, now, log);
  return channels;
}

function realAlipay(given: NonNullable<Config['alipay']>, log: DriverLog): PaymentGateway {
  const { privateKeyFile, publicKeyFile, ...merchant } = given;
  const privateKey = readFileSync(privateKeyFile, 'utf8');
  const alipayPublicKey = readFileSync(publicKeyFile, 'utf8');
  return alipayGateway({ ...merchant, privateKey, alipayPublicKey, sandbox: false }, log);
}

function realWechatPay(
  given: NonNullable<Config['wechatPay']>,
  now: () => Date,
  log: DriverLog,
): PaymentGateway {
  const { privateKeyFile, apiV3KeyFile, publicKey, ...merchant } = given;
  const settings = {
    ...merchant,
    privateKey: readFileSync(privateKeyFile, 'utf8'),
    apiV3Key: readFileSync(apiV3KeyFile, 'utf8').trim(),
    publicKey: publicKey && { id: publicKey.id, pem: readFileSync(publicKey.file, 'utf8') },
  };
  return wechatPayGateway({ ...settings, sandbox: false, now }, log);
}

async function localAlipay(channels: Channels, config: Config, now: () => Date, log: DriverLog) {
  const dir = join(config.dataDir, 'alipay-sandbox');
  const keys = await sandboxKeys(dir);
  const merchant = { appId: '2021000000000000', sellerId: '2088000000000000' };
  const prefix = '/sandbox/alipay';
  const settings = {
    privateKey: keys.merchant.privateKey,
    alipayPublicKey: keys.alipay.publicKey,
    gatewayUrl: `${config.publicUrl}${prefix}/gateway.do`,
  };
  channels.gateways.alipay = alipayGateway({ ...merchant, ...settings, sandbox: true }, log);
  channels.alipaySandbox = alipaySandbox({ dir, ...merchant, keys, now, log });
  channels.standIns.push({ prefix, plugin: channels.alipaySandbox });
}

async function localWechatPay(channels: Channels, config: Config, now: () => Date, log: DriverLog) {
  const dir = join(config.dataDir, 'wechatpay-sandbox');
  const keys = await wechatPayKeys(dir);
  const merchant = { appId: 'wx0000000000000000', mchId: '1900000000' };
  const prefix = '/sandbox/wechatpay';
  const settings = {
    merchantSerial: keys.merchant.serial,
    privateKey: keys.merchant.privateKey,
    apiV3Key: keys.apiV3Key,
    publicKey: null,
    baseUrl: `${config.publicUrl}${prefix}`,
    now,
  };
  channels.gateways.wechatpay = wechatPayGateway({ ...merchant, ...settings, sandbox: true }, log);
  channels.wechatPaySandbox = wechatPaySandbox({ dir, ...merchant, keys, now, log });
  channels.standIns.push({ prefix, plugin: channels.wechatPaySandbox });
}

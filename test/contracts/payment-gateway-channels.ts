import { mkdtemp, rm } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import Fastify, { type FastifyPluginAsync } from 'fastify';
import { alipayGateway } from '#drivers/alipay/gateway.ts';
import { alipaySandbox, sandboxKeys } from '#drivers/alipay/sandbox.ts';
import type { GatewayFaults } from '#drivers/stand-in/faults.ts';
import { type WechatPayConfig, wechatPayGateway } from '#drivers/wechatpay/gateway.ts';
import { wechatPaySandbox } from '#drivers/wechatpay/sandbox.ts';
import { wechatPayKeys } from '#drivers/wechatpay/sandbox-keys.ts';
import { WorldClock } from '#kernel/clock.ts';
import type {
  Notice,
  PaymentGateway,
  PaymentRequest,
  PayStep,
  PayWay,
  RefundRequest,
} from '#modules/payments/driver.ts';
import { payAtSandbox } from '#server/story/alipay-payer.ts';
import { listen, START } from './payment-gateway-world.ts';

/** A merchant's server and a local gateway of each channel, with real HTTP between them. */

async function madeOnce<T>(make: (dir: string) => Promise<T>): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), 'gateway-keys-'));
  try {
    return await make(dir);
  } finally {
    await rm(dir, { recursive: true });
  }
}
const alipayKeys = await madeOnce(sandboxKeys);
export const wechatKeys = await madeOnce(wechatPayKeys);
export const WECHAT = { appId: 'wx0000000000000001', mchId: '1900000001' };
const ALIPAY = { appId: '2021000000000001', sellerId: '2088000000000009' };

export interface LocalGateway {
  faults: GatewayFaults;
  deliverDue(): Promise<void>;
  renotify(outTradeNo: string): Promise<void>;
}

export interface Message {
  headers: IncomingHttpHeaders;
  body: Buffer;
}

export interface GatewayWorld {
  gateway: PaymentGateway;
  sandbox: LocalGateway;
  clock: WorldClock;
  /** What came to the merchant's notify address. */
  posts: Message[];
  /** What the merchant answers; by default what the gateway says for a message that it verified, or didn't. */
  answer: { override: { status: number; body: string } | null };
  warnings: Record<string, unknown>[];
  request(changes?: Partial<PaymentRequest>): PaymentRequest;
  /** What each message says once verified, in the order in which they came. */
  notices(): Promise<(Notice | null)[]>;
  /** The payer does what the step asks, with a browser or the channel's app. */
  pay(step: PayStep): Promise<void>;
  /** The same driver with other settings, such as a short time-out. */
  again(changes: { timeoutMs?: number; foreign?: boolean }): PaymentGateway;
  stop(): Promise<void>;
}

export type OpenGateway = (t: TestContext) => Promise<GatewayWorld>;

const DEFAULT_WAY: Record<PaymentGateway['channel'], PayWay> = { alipay: 'page', wechatpay: 'qr' };

async function shopOf(t: TestContext, gatewayOf: () => PaymentGateway) {
  const posts: Message[] = [];
  const answer: GatewayWorld['answer'] = { override: null };
  const app = Fastify();
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
  app.post('/notify', async (request, reply) => {
    const message = { headers: request.headers, body: request.body as Buffer };
    posts.push(message);
    if (answer.override) return reply.code(answer.override.status).send(answer.override.body);
    const notice = await gatewayOf().verifyNotification(message.headers, message.body);
    const { status, type, body } = gatewayOf().notificationAnswer(notice ? 'taken' : 'unsigned');
    return reply.code(status).type(type).send(body);
  });
  const url = await listen(app);
  t.after(() => app.close());
  return { url, posts, answer };
}

async function assemble(
  t: TestContext,
  clock: WorldClock,
  prefix: string,
  sandbox: FastifyPluginAsync & LocalGateway,
  driver: (origin: string, warnings: Record<string, unknown>[], changes: object) => PaymentGateway,
): Promise<GatewayWorld> {
  const app = Fastify();
  await app.register(sandbox, { prefix });
  const origin = `${await listen(app)}${prefix}`;
  t.after(() => app.close());
  const warnings: Record<string, unknown>[] = [];
  const gateway = driver(origin, warnings, {});
  const { url, posts, answer } = await shopOf(t, () => gateway);
  return {
    ...{ gateway, sandbox, clock, posts, answer, warnings },
    request: (changes = {}) => ({
      outTradeNo: 'P20260301_1',
      way: DEFAULT_WAY[gateway.channel],
      amount: 25_500_000n,
      subject: '账户充值 Top-up 100%+1',
      returnUrl: `${url}/back?lang=zh`,
      notifyUrl: `${url}/notify`,
      expiresAt: new Date('2026-03-01T00:30:00Z'),
      payer: { openId: 'oPayer', ip: '203.0.113.7' },
      ...changes,
    }),
    notices: () => Promise.all(posts.map(({ headers, body }) => gateway.verifyNotification(headers, body))),
    async pay(step) {
      if (step.kind === 'redirect') await payAtSandbox(step.url);
      else if (step.kind === 'qr') await payAtSandbox(step.code);
      else await payAtSandbox(`${origin}/pay?${step.parameters.package}`);
    },
    again: (changes) => driver(origin, warnings, changes),
    stop: () => app.close(),
  };
}

async function scratch(t: TestContext): Promise<{ dir: string; clock: WorldClock }> {
  const dir = await mkdtemp(join(tmpdir(), 'gateway-'));
  t.after(() => rm(dir, { recursive: true }));
  return { dir, clock: new WorldClock(START, { ticking: false }) };
}

export const openAlipay: OpenGateway = async (t) => {
  const { dir, clock } = await scratch(t);
  const sandbox = alipaySandbox({ dir, ...ALIPAY, keys: alipayKeys, now: () => clock.now() });
  return assemble(t, clock, '/sandbox/alipay', sandbox, (origin, warnings, changes) => {
    const { timeoutMs, foreign } = changes as { timeoutMs?: number; foreign?: boolean };
    const privateKey = foreign ? alipayKeys.alipay.privateKey : alipayKeys.merchant.privateKey;
    const config = {
      ...ALIPAY,
      privateKey,
      alipayPublicKey: alipayKeys.alipay.publicKey,
      gatewayUrl: `${origin}/gateway.do`,
      sandbox: true,
      ...(timeoutMs ? { timeoutMs } : {}),
    };
    return alipayGateway(config, { warn: (fields) => warnings.push(fields) });
  });
};

export function wechatConfig(origin: string, now: () => Date): WechatPayConfig {
  return {
    ...WECHAT,
    merchantSerial: wechatKeys.merchant.serial,
    privateKey: wechatKeys.merchant.privateKey,
    apiV3Key: wechatKeys.apiV3Key,
    publicKey: null,
    baseUrl: origin,
    sandbox: true,
    now,
  };
}

/** By platform certificates, or by the WeChat Pay public key. */
export function openWechatPay(verifies: 'certificate' | 'public_key'): OpenGateway {
  return async (t) => {
    const { dir, clock } = await scratch(t);
    const sandbox = wechatPaySandbox({ dir, ...WECHAT, keys: wechatKeys, now: () => clock.now() });
    return assemble(t, clock, '/sandbox/wechatpay', sandbox, (origin, warnings, changes) => {
      const { timeoutMs, foreign } = changes as { timeoutMs?: number; foreign?: boolean };
      const { id, publicKey: pem } = wechatKeys.wechatPay;
      const config: WechatPayConfig = {
        ...wechatConfig(origin, () => clock.now()),
        ...(verifies === 'public_key' ? { publicKey: { id, pem } } : {}),
        ...(foreign ? { privateKey: wechatKeys.platform.privateKey } : {}),
        ...(timeoutMs ? { timeoutMs } : {}),
      };
      return wechatPayGateway(config, { warn: (fields) => warnings.push(fields) });
    });
  };
}

export interface ChannelTraits {
  name: string;
  open: OpenGateway;
  /** Waits between attempts to notify, in seconds. */
  retrySeconds: readonly number[];
  /** The channel notifies of closed trades too. */
  tellsClosed: boolean;
  currency: string | null;
}

export function refundOf(world: GatewayWorld, changes: Partial<RefundRequest> = {}): RefundRequest {
  const { outTradeNo, amount: total, notifyUrl } = world.request();
  const reason = '余额退回 & more';
  return { outTradeNo, outRefundNo: 'R20260301_1', amount: 5_500_000n, total, reason, notifyUrl, ...changes };
}

export async function paid(world: GatewayWorld, outTradeNo?: string): Promise<void> {
  await world.pay(await world.gateway.start(world.request(outTradeNo ? { outTradeNo } : {})));
}

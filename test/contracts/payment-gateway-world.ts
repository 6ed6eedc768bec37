import { mkdtemp, rm } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import Fastify, { type FastifyInstance } from 'fastify';
import { type AlipayConfig, alipayGateway } from '#drivers/alipay/gateway.ts';
import { alipaySandbox, sandboxKeys } from '#drivers/alipay/sandbox.ts';
import { WorldClock } from '#kernel/clock.ts';
import type { PaymentGateway, PaymentRequest, TradeFacts } from '#modules/payments/driver.ts';

/** A merchant's server and the local gateway, each on a port of its own, with real HTTP between them. */

export const APP_ID = '2021000000000001';
export const SELLER_ID = '2088000000000009';
/** 2026-03-01 08:00:00 in Shanghai. */
export const START = new Date('2026-03-01T00:00:00Z');

const keysDir = await mkdtemp(join(tmpdir(), 'alipay-keys-'));
export const keys = await sandboxKeys(keysDir);
await rm(keysDir, { recursive: true });

export async function listen(app: FastifyInstance): Promise<string> {
  await app.listen({ port: 0, host: '127.0.0.1' });
  return `http://127.0.0.1:${(app.server.address() as AddressInfo).port}`;
}

/** The merchant's notify address: keeps each body, and answers with what `answer` holds. */
export async function merchant(t: TestContext) {
  const app = Fastify();
  const received: Record<string, string>[] = [];
  const state = { answer: 'success', status: 200 };
  const waiting: { count: number; resolve: () => void }[] = [];
  app.addContentTypeParser(
    'application/x-www-form-urlencoded',
    { parseAs: 'string' },
    (_request, body, done) => done(null, body),
  );
  app.post('/notify', async (request, reply) => {
    received.push(Object.fromEntries(new URLSearchParams(String(request.body))));
    for (const wait of waiting) if (received.length >= wait.count) wait.resolve();
    return reply.code(state.status).send(state.answer);
  });
  const url = await listen(app);
  t.after(() => app.close());
  const atLeast = (count: number) =>
    new Promise<void>((resolve) => {
      if (received.length >= count) resolve();
      else waiting.push({ count, resolve });
    });
  return { url, received, state, atLeast };
}

export async function startSandbox(dir: string, clock: WorldClock) {
  const sandbox = alipaySandbox({ dir, appId: APP_ID, sellerId: SELLER_ID, keys, now: () => clock.now() });
  const app = Fastify();
  await app.register(sandbox, { prefix: '/sandbox/alipay' });
  const origin = await listen(app);
  return { sandbox, app, gatewayUrl: `${origin}/sandbox/alipay/gateway.do` };
}

export async function world(t: TestContext, overrides: Partial<AlipayConfig> = {}) {
  const dir = await mkdtemp(join(tmpdir(), 'alipay-'));
  const clock = new WorldClock(START, { ticking: false });
  const { sandbox, app, gatewayUrl } = await startSandbox(dir, clock);
  t.after(async () => {
    await app.close();
    await rm(dir, { recursive: true });
  });
  const shop = await merchant(t);
  const config: AlipayConfig = {
    appId: APP_ID,
    sellerId: SELLER_ID,
    privateKey: keys.merchant.privateKey,
    alipayPublicKey: keys.alipay.publicKey,
    gatewayUrl,
    sandbox: true,
    ...overrides,
  };
  const warnings: Record<string, unknown>[] = [];
  const gateway: PaymentGateway = alipayGateway(config, { warn: (fields) => warnings.push(fields) });
  const request = (changes: Partial<PaymentRequest> = {}): PaymentRequest => ({
    outTradeNo: 'P20260301_1',
    way: 'page',
    amount: 25_500_000n,
    subject: '账户充值 Top-up 100%+1',
    returnUrl: `${shop.url}/back?lang=zh`,
    notifyUrl: `${shop.url}/notify`,
    expiresAt: new Date('2026-03-01T00:30:00Z'),
    ...changes,
  });
  return { dir, clock, sandbox, app, shop, config, gateway, request, warnings };
}

/** The address of the page on which the payer pays. */
export async function payUrl(gateway: PaymentGateway, request: PaymentRequest): Promise<string> {
  const step = await gateway.start(request);
  if (step.kind !== 'redirect') throw new Error(`${step.kind} instead of a page`);
  return step.url;
}

/** What a notification with this form says of its trade; null when it is not signed, or says nothing of a trade. */
export async function tradeOf(
  gateway: PaymentGateway,
  body: Record<string, string> | string,
): Promise<TradeFacts | null> {
  const notice = await gateway.verifyNotification({}, Buffer.from(new URLSearchParams(body).toString()));
  return notice?.kind === 'payment' ? notice.trade : null;
}

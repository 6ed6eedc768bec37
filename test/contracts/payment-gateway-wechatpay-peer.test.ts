import assert from 'node:assert/strict';
import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import Fastify from 'fastify';
import { Aes, Formatter, Rsa, Wechatpay } from 'wechatpay-axios-plugin';
import { parseBill } from '#drivers/wechatpay/bill.ts';
import { wechatPayGateway } from '#drivers/wechatpay/gateway.ts';
import { wechatPaySandbox } from '#drivers/wechatpay/sandbox.ts';
import { requestText, SCHEME, signed } from '#drivers/wechatpay/wire.ts';
import { systemClock } from '#kernel/clock.ts';
import { addMinutes } from '#kernel/time.ts';
import { payAtSandbox } from '#server/story/alipay-payer.ts';
import { openWechatPay, WECHAT, wechatConfig, wechatKeys } from './payment-gateway-channels.ts';
import { listen } from './payment-gateway-world.ts';

/**
 * A published client (wechatpay-axios-plugin) as the peer: it accepts what our local server signs and seals, our
 * server accepts what it signs, and it verifies what our driver signs. It reads the machine's clock, so the server does.
 */
async function peerWorld(t: TestContext) {
  const dir = await mkdtemp(join(tmpdir(), 'wechatpay-peer-'));
  const now = () => systemClock.now();
  const sandbox = wechatPaySandbox({ dir, ...WECHAT, keys: wechatKeys, now });
  const app = Fastify();
  const seen: { method: string; url: string; authorization: string; body: string }[] = [];
  app.addHook('preHandler', async (request) => {
    const { method, url, headers, body } = request;
    seen.push({ method, url, authorization: headers.authorization ?? '', body: String(body ?? '') });
  });
  await app.register(sandbox, { prefix: '' });
  const origin = await listen(app);
  t.after(async () => {
    await app.close();
    await rm(dir, { recursive: true });
  });
  const { platform, wechatPay, merchant, apiV3Key } = wechatKeys;
  const peer = new Wechatpay({
    baseURL: `${origin}/`,
    mchid: WECHAT.mchId,
    serial: merchant.serial,
    privateKey: merchant.privateKey,
    certs: { [platform.serial]: platform.certificate, [wechatPay.id]: wechatPay.publicKey },
  });
  const order = (changes: object = {}) => ({
    ...{ appid: WECHAT.appId, mchid: WECHAT.mchId, description: '账户充值', out_trade_no: 'PEER20260301' },
    notify_url: `${origin}/notify`,
    amount: { total: 1_234, currency: 'CNY' },
    ...changes,
  });
  const gateway = wechatPayGateway(wechatConfig(origin, now));
  return { sandbox, origin, seen, peer, order, gateway, apiV3Key, now };
}

/** The peer types its chain as a tree of maybes; what it does is a method on a path. */
interface Chained {
  get(config?: object): Promise<Answered>;
  post(data: object, config?: object): Promise<Answered>;
}

interface Answered {
  status: number;
  data: {
    code_url: string;
    trade_state: string;
    status: string;
    amount: { total: number; refund: number };
    data: {
      serial_no: string;
      encrypt_certificate: Record<'nonce' | 'associated_data' | 'ciphertext', string>;
    }[];
    download_url: string;
    hash_value: string;
  };
}

function at(peer: Wechatpay, path: string): Chained {
  return peer.chain(`v3/${path}`) as unknown as Chained;
}

/** What the peer's error says; axios keeps the answer. */
async function refusedWith(promise: Promise<unknown>): Promise<{ status: number; code: string }> {
  try {
    await promise;
  } catch (error) {
    const { response } = error as { response?: { status: number; data: { code?: string } } };
    if (response) return { status: response.status, code: response.data.code ?? '' };
    throw error;
  }
  throw new Error('it was not refused');
}

test('the published client pays, asks, refunds and closes at our local server, and believes its signatures', async (t) => {
  const { peer, order } = await peerWorld(t);
  const native = await at(peer, 'pay/transactions/native').post(order());
  assert.match(native.data.code_url, /\/pay\?prepay_id=wx\d+$/);
  const path = { out_trade_no: 'PEER20260301' };
  const params = { mchid: WECHAT.mchId };
  const waiting = await at(peer, 'pay/transactions/out-trade-no/{out_trade_no}').get({ params, ...path });
  assert.equal(waiting.data.trade_state, 'NOTPAY');
  await payAtSandbox(native.data.code_url);
  const paid = await at(peer, 'pay/transactions/out-trade-no/{out_trade_no}').get({ params, ...path });
  assert.deepEqual([paid.data.trade_state, paid.data.amount.total], ['SUCCESS', 1_234]);
  const amount = { refund: 234, total: 1_234, currency: 'CNY' };
  const refund = { out_trade_no: 'PEER20260301', out_refund_no: 'PEERBACK1', reason: '退', amount };
  assert.equal((await at(peer, 'refund/domestic/refunds').post(refund)).data.status, 'PROCESSING');
  const back = await at(peer, 'refund/domestic/refunds/{out_refund_no}').get({ out_refund_no: 'PEERBACK1' });
  assert.deepEqual([back.data.status, back.data.amount.refund], ['SUCCESS', 234]);
  await at(peer, 'pay/transactions/jsapi').post(
    order({ out_trade_no: 'PEERJSAPI1', payer: { openid: 'oX' } }),
  );
  const closing = await at(peer, 'pay/transactions/out-trade-no/{out_trade_no}/close').post(
    { mchid: WECHAT.mchId },
    { out_trade_no: 'PEERJSAPI1' },
  );
  assert.equal(closing.status, 204);
});

test('the published client refuses our server when it signs wrongly; our server refuses it when it does', async (t) => {
  const { peer, order, sandbox, origin } = await peerWorld(t);
  const ask = () => at(peer, 'pay/transactions/native').post(order());
  for (const fault of ['tamper', 'foreignKey', 'unknownSerial'] as const) {
    sandbox.faults[fault] = true;
    await assert.rejects(ask(), fault);
    sandbox.faults[fault] = false;
  }
  sandbox.faults.staleSeconds = 301;
  await assert.rejects(ask(), /time offset|300/);
  sandbox.faults.staleSeconds = 0;
  await ask();
  const { platform, merchant } = wechatKeys;
  const certs = { [platform.serial]: platform.certificate };
  const baseURL = `${origin}/`;
  const whole = {
    baseURL,
    mchid: WECHAT.mchId,
    serial: merchant.serial,
    privateKey: merchant.privateKey,
    certs,
  };
  const impostors = [
    { ...whole, privateKey: platform.privateKey },
    { ...whole, mchid: '1900000999' },
    { ...whole, serial: 'ABCDEF0123456789' },
  ];
  for (const settings of impostors) {
    const impostor = new Wechatpay(settings);
    const answer = await refusedWith(
      at(impostor, 'pay/transactions/native').post(order({ out_trade_no: 'IMPOSTOR1' })),
    );
    assert.deepEqual(answer, { status: 401, code: 'SIGN_ERROR' });
  }
});

test('the published client opens our sealed certificates and verifies what our driver signs', async (t) => {
  const { peer, seen, gateway, apiV3Key, origin, now } = await peerWorld(t);
  const { data } = await at(peer, 'certificates').get();
  const { serial_no: serial, encrypt_certificate: certificate } = data.data[0]!;
  const { nonce, associated_data: aad, ciphertext } = certificate;
  const pem = Aes.AesGcm.decrypt(ciphertext, apiV3Key, nonce, aad);
  assert.equal(new X509Certificate(pem).serialNumber, serial);

  seen.length = 0;
  const request = {
    ...{ outTradeNo: 'DRIVER2026', amount: 12_340_000n, subject: '账户充值', way: 'jsapi' as const },
    ...{ returnUrl: `${origin}/back`, notifyUrl: `${origin}/notify`, expiresAt: addMinutes(now(), 30) },
    payer: { openId: 'oPayer' },
  };
  const step = await gateway.start(request);
  await gateway.query('DRIVER2026');
  assert.deepEqual(
    seen.map(({ method }) => method),
    ['POST', 'GET', 'GET'],
    'order, certificates, query',
  );
  for (const { method, url, authorization, body } of seen) {
    const given = Object.fromEntries(
      [...authorization.matchAll(/(\w+)="([^"]*)"/g)].map(([, k, v]) => [k, v]),
    );
    const text = Formatter.request(method, url, given.timestamp, given.nonce_str, body);
    assert.ok(Rsa.verify(text, given.signature!, wechatKeys.merchant.publicKey), url);
    assert.ok(authorization.startsWith(SCHEME));
    assert.equal(given.serial_no, wechatKeys.merchant.serial);
  }
  assert.ok(step.kind === 'jsapi');
  const { appId, timeStamp, nonceStr, package: prepay, paySign, signType } = step.parameters;
  assert.equal(signType, 'RSA');
  const signedText = Formatter.joinedByLineFeed(appId!, timeStamp!, nonceStr!, prepay!);
  assert.ok(Rsa.verify(signedText, paySign!, wechatKeys.merchant.publicKey));
});

test('what our local server sends to the notify address, the published client’s tools verify and open', async (t) => {
  const world = await openWechatPay('certificate')(t);
  await world.pay(await world.gateway.start(world.request()));
  await world.sandbox.deliverDue();
  const { headers, body } = world.posts[0]!;
  const head = (name: string) => String(headers[`wechatpay-${name}`]);
  const text = Formatter.response(head('timestamp'), head('nonce'), String(body));
  assert.ok(Rsa.verify(text, head('signature'), Rsa.from(wechatKeys.platform.certificate, 'public')));
  const { resource, event_type: event } = JSON.parse(String(body));
  const opened = Aes.AesGcm.decrypt(
    resource.ciphertext,
    wechatKeys.apiV3Key,
    resource.nonce,
    resource.associated_data,
  );
  const content = JSON.parse(opened);
  assert.equal(event, 'TRANSACTION.SUCCESS');
  assert.deepEqual(
    [content.out_trade_no, content.amount.total, content.mchid],
    ['P20260301_1', 2_550, WECHAT.mchId],
  );

  const ours = Aes.AesGcm.encrypt(opened, wechatKeys.apiV3Key, resource.nonce, resource.associated_data);
  assert.equal(ours, resource.ciphertext, 'and seal it as ours does');
});

test('the published client fetches a bill whose digest agrees', async (t) => {
  const { peer, origin, sandbox } = await peerWorld(t);
  const day = new Date(systemClock.now().getTime() - 3 * 86_400_000).toISOString().slice(0, 10);
  sandbox.faults.bill = () => [
    {
      kind: 'payment',
      outTradeNo: 'OLD1',
      tradeNo: '42',
      outRefundNo: '0',
      refundNo: '0',
      fen: 100n,
      feeFen: 1n,
      subject: 's',
      at: `${day} 08:00:00`,
    },
  ];
  const asked = await at(peer, 'bill/tradebill').get({
    params: { bill_date: day, bill_type: 'ALL', tar_type: 'GZIP' },
  });
  const { download_url: url, hash_value: hash } = asked.data;
  assert.ok(url.startsWith(`${origin}/v3/billdownload/file?token=`));
  const file = await at(peer, 'billdownload/file').get({
    params: { token: new URL(url).searchParams.get('token') },
    responseType: 'arraybuffer',
    transformResponse: [(bytes: Buffer) => bytes],
  });
  const csv = gunzipSync(file.data as unknown as Buffer);
  assert.equal(createHash('sha1').update(csv).digest('hex'), hash);
  assert.equal(parseBill(String(csv), day, WECHAT.mchId).length, 1);
});

test('requests that are stale, ahead, replayed, unsigned or changed are refused as the real one does', async (t) => {
  const { origin, now } = await peerWorld(t);
  const path = `/v3/pay/transactions/out-trade-no/NOBODY01?mchid=${WECHAT.mchId}`;
  const ask = async (
    changes: { seconds?: number; nonce?: string; sentTo?: string; method?: string } = {},
  ) => {
    const timestamp = String(Math.floor(now().getTime() / 1_000) + (changes.seconds ?? 0));
    const nonce = changes.nonce ?? randomBytes(16).toString('hex');
    const signature = signed(requestText('GET', path, timestamp, nonce, ''), wechatKeys.merchant.privateKey);
    const authorization = `${SCHEME} mchid="${WECHAT.mchId}",nonce_str="${nonce}",timestamp="${timestamp}",serial_no="${wechatKeys.merchant.serial}",signature="${signature}"`;
    const response = await fetch(`${origin}${changes.sentTo ?? path}`, { headers: { authorization } });
    const { code } = (await response.json()) as { code: string };
    return { status: response.status, code, signed: response.headers.has('wechatpay-signature') };
  };
  const unsigned = { status: 401, code: 'SIGN_ERROR', signed: false };
  assert.deepEqual(await ask({ nonce: 'once' }), { status: 404, code: 'ORDER_NOT_EXIST', signed: true });
  assert.deepEqual(await ask({ nonce: 'once' }), unsigned, 'the same nonce again');
  assert.deepEqual(await ask({ seconds: -310 }), unsigned);
  assert.deepEqual(await ask({ seconds: 310 }), unsigned);
  assert.deepEqual(await ask({ sentTo: `${path}&x=1` }), unsigned, 'another address than was signed');
  assert.equal((await fetch(`${origin}${path}`)).status, 401);
});

test('an order under a number that another order has, in another way, or too late, is refused', async (t) => {
  const { peer, order } = await peerWorld(t);
  await at(peer, 'pay/transactions/native').post(order());
  await at(peer, 'pay/transactions/native').post(order());
  const dear = order({ amount: { total: 1, currency: 'CNY' } });
  const used = { status: 400, code: 'OUT_TRADE_NO_USED' };
  assert.deepEqual(await refusedWith(at(peer, 'pay/transactions/native').post(dear)), used);
  const inside = order({ payer: { openid: 'oX' } });
  assert.deepEqual(await refusedWith(at(peer, 'pay/transactions/jsapi').post(inside)), used);
  const wrong: object[] = [
    { out_trade_no: 'short' },
    { out_trade_no: 'x'.repeat(33) },
    { amount: { total: 0, currency: 'CNY' } },
    { amount: { total: 1.5, currency: 'CNY' } },
    { amount: { total: 100, currency: 'USD' } },
    { description: '' },
    { notify_url: 'http://localhost/x?y=1' },
    { time_expire: '2020-01-01T00:00:00+08:00' },
  ];
  for (const changes of wrong) {
    const { status } = await refusedWith(
      at(peer, 'pay/transactions/native').post(order({ out_trade_no: 'WRONG001', ...changes })),
    );
    assert.equal(status, 400, JSON.stringify(changes));
  }
});

import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { AlipaySdk } from 'alipay-sdk';
import { alipayGateway } from '#drivers/alipay/gateway.ts';
import { MoneyError } from '#kernel/money.ts';
import { GatewayRefusal, GatewayUnknown } from '#modules/payments/driver.ts';
import { payAtSandbox } from '#server/story/alipay-payer.ts';
import { APP_ID, keys, payUrl, SELLER_ID, tradeOf, world } from './payment-gateway-world.ts';

/** PaymentGateway over the wire: the driver on the official SDK, and a gateway that signs and verifies RSA2. */

test('a payment: page, notification, query and return address say the same', async (t) => {
  const { gateway, request, shop, sandbox } = await world(t);
  const url = new URL(await payUrl(gateway, request()));
  const biz = JSON.parse(url.searchParams.get('biz_content') ?? '');
  assert.equal(biz.total_amount, '25.50');
  assert.equal(biz.time_expire, '2026-03-01 08:30:00');
  assert.equal(biz.product_code, 'FAST_INSTANT_TRADE_PAY');
  assert.equal((await gateway.query('P20260301_1')).state, 'not_found');

  const page = await fetch(url);
  const html = await page.text();
  assert.equal(page.status, 200);
  assert.match(html, /本地沙箱 · 不是支付宝/);
  assert.match(html, /¥ 25\.50/);
  assert.match(page.headers.get('content-security-policy') ?? '', /default-src 'none'/);
  assert.doesNotMatch(html, /<script|style=/);
  assert.deepEqual(await gateway.query('P20260301_1'), {
    outTradeNo: 'P20260301_1',
    tradeNo: (await gateway.query('P20260301_1')).tradeNo,
    state: 'unpaid',
    amount: 25_500_000n,
    currency: null,
    appId: null,
    sellerId: null,
    paidAt: null,
  });

  const back = new URL((await payAtSandbox(url.href)) ?? '');
  await sandbox.deliverDue();
  assert.equal(shop.received.length, 1);
  const facts = await tradeOf(gateway, shop.received[0]!);
  const queried = await gateway.query('P20260301_1');
  assert.deepEqual(facts, {
    outTradeNo: 'P20260301_1',
    tradeNo: queried.tradeNo,
    state: 'paid',
    amount: 25_500_000n,
    currency: null,
    appId: APP_ID,
    sellerId: SELLER_ID,
    paidAt: new Date('2026-03-01T00:00:00Z'),
  });
  assert.deepEqual(queried, { ...facts, appId: null, sellerId: null });

  assert.equal(back.searchParams.get('lang'), 'zh');
  back.searchParams.delete('lang');
  const returned = Object.fromEntries(back.searchParams);
  const sdk = new AlipaySdk({
    appId: APP_ID,
    privateKey: keys.merchant.privateKey,
    keyType: 'PKCS8',
    alipayPublicKey: keys.alipay.publicKey,
  });
  assert.equal(sdk.checkNotifySignV2(returned), true);
  assert.equal(sdk.checkNotifySignV2({ ...returned, total_amount: '0.01' }), false);
  assert.equal(await tradeOf(gateway, returned), null, 'a return address is no notification');
});

test('amounts that are not whole fen, nil, negative or beyond the limit are refused', async (t) => {
  const { gateway, request } = await world(t);
  for (const amount of [25_501_234n, 1n, 0n, -10_000n, 100_000_000_010_000n]) {
    await assert.rejects(payUrl(gateway, request({ amount })), MoneyError);
  }
  await assert.rejects(payUrl(gateway, request({ outTradeNo: 'P&total_amount=1' })), RangeError);
  await assert.rejects(gateway.query('../x'), RangeError);
});

test('keys are read as PEM and as the bare base64 of PKCS#1 or PKCS#8; anything else fails at once', async (t) => {
  const { config, request } = await world(t);
  const bare = (pem: string) => pem.replace(/-----[^-]+-----|\s/g, '');
  const pkcs1 = createPrivateKey(keys.merchant.privateKey).export({ format: 'pem', type: 'pkcs1' });
  for (const privateKey of [bare(keys.merchant.privateKey), pkcs1.toString(), bare(pkcs1.toString())]) {
    const gateway = alipayGateway({ ...config, privateKey, alipayPublicKey: bare(keys.alipay.publicKey) });
    assert.equal((await fetch(await payUrl(gateway, request()))).status, 200);
  }
  assert.throws(() => alipayGateway({ ...config, privateKey: 'not a key' }), /privateKey/);
  assert.throws(() => alipayGateway({ ...config, alipayPublicKey: '' }), /alipayPublicKey/);
});

test('F39: what Alipay did not sign is null', async (t) => {
  const { gateway, request, shop, sandbox } = await world(t);
  await payAtSandbox(await payUrl(gateway, request()));
  await sandbox.deliverDue();
  const good = shop.received[0]!;
  assert.ok(await tradeOf(gateway, good));
  for (const name of Object.keys(good)) {
    if (name === 'sign_type') continue;
    assert.equal(await tradeOf(gateway, { ...good, [name]: `${good[name]}0` }), null, `${name} changed`);
    const { [name]: _, ...without } = good;
    assert.equal(await tradeOf(gateway, without), null, `${name} missing`);
  }
  assert.equal(await tradeOf(gateway, { ...good, refund_fee: '1.00' }), null, 'a field added');
  for (const signType of ['RSA', 'MD5', 'rsa2', 'constructor', '']) {
    assert.equal(await tradeOf(gateway, { ...good, sign_type: signType }), null, signType);
  }
  const { sign_type: _, ...untyped } = good;
  assert.equal(await tradeOf(gateway, untyped), null);
  assert.equal(await tradeOf(gateway, {}), null);
  assert.equal(await tradeOf(gateway, `${new URLSearchParams(good)}&subject=b`), null, 'a field twice');
});

test('F39: a true signature over a body cut at other places is null', async (t) => {
  const { config, gateway, request, shop, sandbox } = await world(t);
  assert.doesNotMatch(
    await payUrl(gateway, request({ subject: 'a&total_amount=9=/' })),
    /%26total_amount|%3D9|%2F%22/,
  );
  const sdk = new AlipaySdk({ ...config, keyType: 'PKCS8', gateway: config.gatewayUrl });
  const subject = 'x&total_amount=9999.00&trade_status=TRADE_SUCCESS&v=';
  const bizContent = {
    outTradeNo: 'P1',
    totalAmount: '0.01',
    subject,
    productCode: 'FAST_INSTANT_TRADE_PAY',
  };
  await payAtSandbox(
    sdk.pageExecute('alipay.trade.page.pay', 'GET', { bizContent, notifyUrl: request().notifyUrl }),
  );
  await sandbox.deliverDue();
  const { subject: _, total_amount, trade_no, trade_status, version, ...rest } = shop.received[0]!;
  const tail = `&total_amount=${total_amount}&trade_no=${trade_no}&trade_status=${trade_status}&version=${version}`;
  const forged = { ...rest, subject: 'x', total_amount: '9999.00', trade_status: 'TRADE_SUCCESS', v: tail };
  assert.equal(sdk.checkNotifySignV2(forged), true, 'the signature alone does not see it');
  assert.equal(await tradeOf(gateway, forged), null);
});

test('F39: notifications tampered with or signed by another key are null, on the wire', async (t) => {
  const { gateway, request, shop, sandbox } = await world(t);
  sandbox.faults.tamper = true;
  await payAtSandbox(await payUrl(gateway, request()));
  await sandbox.deliverDue();
  sandbox.faults.tamper = false;
  sandbox.faults.foreignKey = true;
  await sandbox.renotify('P20260301_1');
  assert.deepEqual(await Promise.all(shop.received.map((body) => tradeOf(gateway, body))), [null, null]);
});

test('F38 groundwork: differing amount, app and seller are passed on as they were signed', async (t) => {
  const { gateway, request, shop, sandbox } = await world(t);
  Object.assign(sandbox.faults, { wrongAmount: '0.01', wrongApp: '2021999', wrongSeller: '2088999' });
  await payAtSandbox(await payUrl(gateway, request()));
  await sandbox.deliverDue();
  const facts = await tradeOf(gateway, shop.received[0]!);
  assert.equal(facts?.amount, 10_000n);
  assert.equal(facts?.appId, '2021999');
  assert.equal(facts?.sellerId, '2088999');
});

test('F43 groundwork: an answer that is missing, late, broken or not truly signed is unknown', async (t) => {
  const { gateway, request, sandbox, warnings, app } = await world(t, { timeoutMs: 150 });
  await fetch(await payUrl(gateway, request({ outTradeNo: 'OTHER' })));
  await fetch(await payUrl(gateway, request()));
  const faults = [
    'status500',
    'timeout',
    'hangUp',
    'tamper',
    'foreignKey',
    'otherTrade',
    'doubledAnswer',
  ] as const;
  for (const fault of faults) {
    sandbox.faults[fault] = true;
    const facts = await gateway.query('P20260301_1');
    assert.equal(facts.state, 'unknown', fault);
    assert.equal(facts.amount, null, fault);
    if (fault !== 'otherTrade') await assert.rejects(gateway.close('P20260301_1'), GatewayUnknown, fault);
    sandbox.faults[fault] = false;
  }
  assert.equal(warnings.length, faults.length);
  await app.close();
  assert.equal((await gateway.query('P20260301_1')).state, 'unknown', 'connection refused');
});

test('F43 groundwork: an endless answer and a redirect are unknown', async (t) => {
  const server = createServer((request, response) => {
    if (request.url?.startsWith('/moved')) return response.writeHead(302, { location: '/endless' }).end();
    response.writeHead(200);
    const write = () => {
      while (!response.destroyed && response.write('x'.repeat(16_384)));
    };
    response.on('drain', write);
    write();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const { config } = await world(t);
  for (const path of ['/endless', '/moved']) {
    const gateway = alipayGateway({ ...config, gatewayUrl: `${origin}${path}` });
    assert.equal((await gateway.query('P1')).state, 'unknown', path);
  }
});

test('the gateway refuses a request that our key did not sign, and its refusal is signed', async (t) => {
  const { config, request, gateway, sandbox } = await world(t);
  const impostor = alipayGateway({ ...config, privateKey: keys.alipay.privateKey });
  const page = await fetch(await payUrl(impostor, request()));
  assert.equal(page.status, 400);
  assert.match(await page.text(), /isv\.invalid-signature/);
  await assert.rejects(
    impostor.close('P1'),
    new GatewayRefusal('alipay.trade.close', 'isv.invalid-signature'),
  );
  assert.equal((await impostor.query('P1')).state, 'unknown');
  const stranger = alipayGateway({ ...config, appId: '2021000000000666' });
  await assert.rejects(stranger.close('P1'), /isv\.invalid-app-id/);

  const cheap = (await payUrl(gateway, request())).replace('25.50', '00.01');
  assert.equal((await fetch(cheap)).status, 400);
  const doubled = `${await payUrl(gateway, request())}&app_id=${APP_ID}`;
  assert.equal((await fetch(doubled)).status, 400);
  await assert.rejects(sandbox.renotify('P20260301_1'), /no trade/, 'nothing was begun');
});

test('close: an unpaid trade, a closed one, one that never began; a paid one is not closed', async (t) => {
  const { gateway, request, shop, sandbox } = await world(t);
  await gateway.close('NEVER');
  await fetch(await payUrl(gateway, request()));
  await gateway.close('P20260301_1');
  await gateway.close('P20260301_1');
  assert.equal((await gateway.query('P20260301_1')).state, 'closed');
  await sandbox.deliverDue();
  assert.equal((await tradeOf(gateway, shop.received[0]!))?.state, 'closed');
  await assert.rejects(payAtSandbox(await payUrl(gateway, request())), /Closed/);

  await payAtSandbox(await payUrl(gateway, request({ outTradeNo: 'PAID' })));
  await assert.rejects(gateway.close('PAID'), GatewayRefusal);
  assert.equal((await gateway.query('PAID')).state, 'paid');
});

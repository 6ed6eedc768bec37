import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseBill } from '#drivers/wechatpay/bill.ts';
import { wechatPayGateway } from '#drivers/wechatpay/gateway.ts';
import { WechatPayBook } from '#drivers/wechatpay/sandbox-book.ts';
import { wechatPayKeys } from '#drivers/wechatpay/sandbox-keys.ts';
import { systemClock } from '#kernel/clock.ts';
import { GatewayUnknown } from '#modules/payments/driver.ts';
import { payAtSandbox } from '#server/story/alipay-payer.ts';
import { openWechatPay, wechatConfig } from './payment-gateway-channels.ts';

/** What only WeChat Pay's driver has: refunds that end otherwise, bills with digests, keys. */

test('the driver takes a refund that ended otherwise for what it is', async (t) => {
  for (const [ends, state] of [
    ['CLOSED', 'closed'],
    ['ABNORMAL', 'abnormal'],
  ] as const) {
    const world = await openWechatPay('public_key')(t);
    Object.assign(world.sandbox.faults, { refundEnds: ends });
    await world.pay(await world.gateway.start(world.request()));
    const { outTradeNo, amount, notifyUrl } = world.request();
    const request = { outTradeNo, outRefundNo: 'BACK000001', amount, total: amount, reason: '退', notifyUrl };
    assert.equal((await world.gateway.refund(request)).state, 'processing');
    assert.equal((await world.gateway.queryRefund(outTradeNo, 'BACK000001')).state, state);
    await world.sandbox.deliverDue();
    const notice = (await world.notices()).at(-1);
    assert.equal(notice?.kind === 'refund' && notice.refund.state, state);
  }
});

test('a bill that is cut, of another merchant or day, or whose digest differs can’t be used', async (t) => {
  const world = await openWechatPay('certificate')(t);
  await world.pay(await world.gateway.start(world.request()));
  world.clock.moveTo(new Date('2026-03-02T01:59:59Z'));
  await assert.rejects(world.gateway.bill('2026-03-01'), /isn't made yet/);
  world.clock.moveTo(new Date('2026-03-02T02:00:00Z'));
  Object.assign(world.sandbox.faults, { billHash: true });
  await assert.rejects(world.gateway.bill('2026-03-01'), GatewayUnknown);

  const header =
    '交易时间,商户号,微信订单号,商户订单号,交易状态,微信退款单号,商户退款单号,退款状态,手续费,订单金额,申请退款金额';
  const row = '`2026-03-01 08:00:00,`190,`42,`P1,`SUCCESS,`0,`0,`,`0.15300,`25.50,`0.00';
  const failed = '`2026-03-01 09:00:00,`190,`42,`P1,`REFUND,`50,`R1,`FAIL,`0.00000,`0.00,`1.00';
  const whole = (rows: string[], count = rows.length) =>
    [header, ...rows, '总交易单数,应结订单总金额', `\`${count},\`25.50`, ''].join('\r\n');
  const lines = parseBill(whole([row, failed]), '2026-03-01', '190');
  assert.deepEqual(
    lines.map(({ amount, fee }) => [amount, fee]),
    [[25_500_000n, 153_000n]],
    'a failed refund moved nothing',
  );
  const bad: [string, string, string, RegExp][] = [
    [[header, row].join('\n'), '2026-03-01', '190', /cut short/],
    [whole([row], 2), '2026-03-01', '190', /2 lines were counted/],
    [whole([row]), '2026-03-01', '191', /another merchant/],
    [whole([row]), '2026-03-02', '190', /another day/],
    [whole([row.replace('SUCCESS', 'REVOKED')]), '2026-03-01', '190', /unknown kind/],
    [whole([row]).replace('手续费', '费'), '2026-03-01', '190', /no column 手续费/],
    [whole([row.replace('25.50', 'lots')]), '2026-03-01', '190', /decimal/],
  ];
  for (const [text, day, mchId, reason] of bad) assert.throws(() => parseBill(text, day, mchId), reason);
});

test('the keys are made once, even by two at a time, and only their owner reads them', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'wechatpay-keys-'));
  t.after(() => rm(dir, { recursive: true }));
  const [one, two] = await Promise.all([wechatPayKeys(dir), wechatPayKeys(dir)]);
  assert.deepEqual(one, two);
  assert.deepEqual(await readdir(dir), ['wechatpay-sandbox-keys.json']);
  assert.equal((await stat(join(dir, 'wechatpay-sandbox-keys.json'))).mode & 0o777, 0o600);
});

test('settings that can’t be right fail at once', () => {
  const config = wechatConfig('http://localhost', () => systemClock.now());
  assert.throws(() => wechatPayGateway({ ...config, apiV3Key: 'short' }), /APIv3 key/);
  assert.throws(() => wechatPayGateway({ ...config, privateKey: 'no key' }), /privateKey/);
  assert.throws(() => wechatPayGateway({ ...config, publicKey: { id: 'PUB_KEY_ID_1', pem: 'no key' } }));
});

test('H5 leads back to the merchant that is notified, and nowhere else', async (t) => {
  const world = await openWechatPay('certificate')(t);
  const step = await world.gateway.start(world.request({ way: 'h5' }));
  assert.ok(step.kind === 'redirect');
  assert.equal(await payAtSandbox(step.url), world.request().returnUrl);
  const other = await world.gateway.start(world.request({ way: 'h5', outTradeNo: 'P20260301_2' }));
  assert.ok(other.kind === 'redirect');
  const elsewhere = new URL(other.url);
  elsewhere.searchParams.set('redirect_url', 'https://elsewhere.example/');
  assert.equal(await payAtSandbox(elsewhere.href), null);
  assert.equal((await world.gateway.query('P20260301_2')).state, 'paid');
});

test('the payer’s form works only with the ticket of its page; after its time an order is open, but not payable', async (t) => {
  const world = await openWechatPay('certificate')(t);
  const step = await world.gateway.start(world.request());
  assert.ok(step.kind === 'qr');
  const press = (ticket: string) => {
    const body = new URLSearchParams({ out_trade_no: 'P20260301_1', ticket, action: 'pay' });
    return fetch(new URL('pay', step.code), { method: 'POST', body });
  };
  for (const ticket of ['', '0'.repeat(32), '零'.repeat(32)]) assert.equal((await press(ticket)).status, 400);
  const html = await (await fetch(step.code)).text();
  assert.match(html, /本地沙箱 · 不是微信支付/);
  assert.match(html, /¥ 25\.50/);
  const ticket = /name="ticket" value="(\w+)"/.exec(html)?.[1] ?? '';
  world.clock.moveTo(world.request().expiresAt);
  assert.match(await (await press(ticket)).text(), /已关闭/);
  assert.equal((await world.gateway.query('P20260301_1')).state, 'unpaid', 'until it is closed');
  assert.equal(world.posts.length, 0);
});

test('a restart loses neither trades nor pending notifications', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'wechatpay-restart-'));
  t.after(() => rm(dir, { recursive: true }));
  const now = new Date('2026-03-01T00:00:00Z');
  const book = new WechatPayBook(dir);
  const given = {
    tradeType: 'NATIVE' as const,
    description: 's',
    openid: 'o',
    notifyUrl: 'http://localhost/n',
  };
  const trade = book.add({ ...given, outTradeNo: 'KEPT0001', total: 100, timeExpire: null });
  book.pay(trade, now);
  const again = new WechatPayBook(dir);
  assert.deepEqual(again.trades, book.trades);
  assert.deepEqual(again.notices, book.notices);
  assert.equal(again.notices.size, 1);
});

import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { AlipaySdk } from 'alipay-sdk';
import { sandboxKeys } from '#drivers/alipay/sandbox.ts';
import { addMinutes } from '#kernel/time.ts';
import { payAtSandbox } from '#server/story/alipay-payer.ts';
import { payUrl, START, startSandbox, tradeOf, world } from './payment-gateway-world.ts';

/** What the local gateway does of itself: notifications with their retries, expiry, the payer's form, its files. */

test('a notification is tried eight times in 25 hours, signed anew, with one id', async (t) => {
  const { gateway, request, shop, sandbox, clock } = await world(t);
  shop.state.answer = 'SUCCESS'; // the protocol wants exactly "success"
  await payAtSandbox(await payUrl(gateway, request()));
  await sandbox.deliverDue();
  for (const [index, minutes] of [4, 10, 10, 60, 120, 360, 900].entries()) {
    clock.moveTo(addMinutes(clock.now(), minutes - 1));
    await sandbox.deliverDue();
    assert.equal(shop.received.length, index + 1, `not before ${minutes} minutes`);
    clock.moveTo(addMinutes(clock.now(), 1));
    await sandbox.deliverDue();
    assert.equal(shop.received.length, index + 2, `after ${minutes} minutes`);
  }
  clock.moveTo(addMinutes(clock.now(), 10_000));
  await sandbox.deliverDue();
  assert.equal(shop.received.length, 8);
  assert.equal(new Set(shop.received.map((body) => body.notify_id)).size, 1);
  assert.equal(new Set(shop.received.map((body) => body.notify_time)).size, 8);
  for (const body of shop.received) assert.equal((await tradeOf(gateway, body))?.state, 'paid');
});

test('an acknowledged notification is not sent again; an HTTP error acknowledges nothing by its text', async (t) => {
  const { gateway, request, shop, sandbox, clock } = await world(t);
  Object.assign(shop.state, { answer: 'success', status: 500 });
  await payAtSandbox(await payUrl(gateway, request()));
  await sandbox.deliverDue();
  shop.state.status = 200;
  clock.moveTo(addMinutes(clock.now(), 4));
  await sandbox.deliverDue();
  clock.moveTo(addMinutes(clock.now(), 10_000));
  await sandbox.deliverDue();
  assert.equal(shop.received.length, 2);
});

test('F36 and F41 groundwork: fifty at once, and none at all', async (t) => {
  const { gateway, request, shop, sandbox } = await world(t);
  sandbox.faults.duplicate = 50;
  await payAtSandbox(await payUrl(gateway, request()));
  await sandbox.deliverDue();
  assert.equal(shop.received.length, 50);
  assert.equal(new Set(shop.received.map((body) => body.sign)).size, 1);

  Object.assign(sandbox.faults, { duplicate: 1, drop: true });
  await payAtSandbox(await payUrl(gateway, request({ outTradeNo: 'LOST' })));
  await sandbox.deliverDue();
  assert.equal(shop.received.length, 50);
  assert.equal((await gateway.query('LOST')).state, 'paid');
});

test('the notification goes out by itself, without anyone asking', async (t) => {
  const { gateway, request, shop } = await world(t);
  await payAtSandbox(await payUrl(gateway, request()));
  await shop.atLeast(1);
  assert.equal((await tradeOf(gateway, shop.received[0]!))?.state, 'paid');
});

test('paying twice is one payment, cancelling none; both lead back to the merchant', async (t) => {
  const { gateway, request, shop, sandbox } = await world(t);
  const url = await payUrl(gateway, request());
  assert.equal(await payAtSandbox(url, 'cancel'), request().returnUrl);
  assert.equal((await gateway.query('P20260301_1')).state, 'unpaid');
  const html = await (await fetch(url)).text();
  const ticket = /name="ticket" value="(\d+)"/.exec(html)?.[1] ?? '';
  const pay = () => {
    const body = new URLSearchParams({ out_trade_no: 'P20260301_1', ticket, action: 'pay' });
    return fetch(new URL('pay', url), { method: 'POST', body, redirect: 'manual' });
  };
  const answers = await Promise.all([pay(), pay()]);
  for (const answer of answers) {
    assert.equal(answer.status, 303);
    assert.match(answer.headers.get('location') ?? '', /[?&]sign=/);
  }
  await sandbox.deliverDue();
  assert.equal(shop.received.length, 1);
  await assert.rejects(payAtSandbox(url), /Already paid/);
});

test('the form works only with the ticket of a page that a signed request opened', async (t) => {
  const { gateway, request, shop, sandbox } = await world(t);
  const url = await payUrl(gateway, request());
  await fetch(url);
  for (const ticket of ['', '0'.repeat(32), '零'.repeat(32)]) {
    const body = new URLSearchParams({ out_trade_no: 'P20260301_1', ticket, action: 'pay' });
    assert.equal((await fetch(new URL('pay', url), { method: 'POST', body })).status, 400);
  }
  assert.equal((await gateway.query('P20260301_1')).state, 'unpaid');
  await sandbox.deliverDue();
  assert.equal(shop.received.length, 0);
});

test('a trade whose time has passed can not be paid', async (t) => {
  const { gateway, request, shop, sandbox, clock } = await world(t);
  const url = await payUrl(gateway, request());
  const html = await (await fetch(url)).text();
  clock.moveTo(request().expiresAt);
  const ticket = /name="ticket" value="(\d+)"/.exec(html)?.[1] ?? '';
  const body = new URLSearchParams({ out_trade_no: 'P20260301_1', ticket, action: 'pay' });
  const late = await fetch(new URL('pay', url), { method: 'POST', body });
  assert.match(await late.text(), /已关闭/);
  assert.equal((await gateway.query('P20260301_1')).state, 'closed');
  await sandbox.deliverDue();
  assert.equal((await tradeOf(gateway, shop.received[0]!))?.state, 'closed');
});

test('the same number with another amount is refused; text from outside is escaped', async (t) => {
  const { gateway, request, config } = await world(t);
  await fetch(await payUrl(gateway, request()));
  const other = await fetch(await payUrl(gateway, request({ amount: 10_000n })));
  assert.match(await other.text(), /ACQ\.CONTEXT_INCONSISTENT/);

  const sdk = new AlipaySdk({ ...config, keyType: 'PKCS8', gateway: config.gatewayUrl });
  const subject = '<script>alert("1")</script>';
  const bizContent = { outTradeNo: 'X', totalAmount: '0.01', subject, productCode: 'FAST_INSTANT_TRADE_PAY' };
  const html = await (await fetch(sdk.pageExecute('alipay.trade.page.pay', 'GET', { bizContent }))).text();
  assert.doesNotMatch(html, /<script/);
  assert.match(html, /&#60;script&#62;/);
});

test('a restart loses neither trades nor pending notifications', async (t) => {
  const { gateway, request, shop, sandbox, clock, dir, app } = await world(t);
  shop.state.answer = 'later';
  await payAtSandbox(await payUrl(gateway, request()));
  await sandbox.deliverDue();
  await app.close();

  clock.moveTo(addMinutes(START, 4));
  shop.state.answer = 'success';
  const again = await startSandbox(dir, clock);
  t.after(() => again.app.close());
  await again.sandbox.deliverDue();
  assert.equal(shop.received.length, 2);
  assert.equal(shop.received[0]?.notify_id, shop.received[1]?.notify_id);
  await again.sandbox.renotify('P20260301_1');
  assert.equal(shop.received.length, 3);
});

test('the keys are made once, even by two at a time, and only their owner reads them', async (t) => {
  const dir = await mkdtemp(join(tmpdir(), 'alipay-keys-'));
  t.after(() => rm(dir, { recursive: true }));
  const [one, two] = await Promise.all([sandboxKeys(dir), sandboxKeys(dir)]);
  assert.deepEqual(one, two);
  assert.deepEqual(await sandboxKeys(dir), one);
  assert.deepEqual(await readdir(dir), ['alipay-sandbox-keys.json']);
  assert.equal((await stat(join(dir, 'alipay-sandbox-keys.json'))).mode & 0o777, 0o600);
});

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { rsa2 } from '#drivers/alipay/sandbox-wire.ts';
import { untrustedKey } from '#drivers/stand-in/key-file.ts';
import { payAtSandbox } from '#server/story/alipay-payer.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { readyCustomer, testWorld } from '../support/world.ts';
import { alipayForm, alipayMessage, begin, send, stateOf } from './support/channels.ts';
import { made } from './support/wire.ts';

/** What can be done to Alipay's form-encoded notifications in particular. */

let world: World;
let customer: StoryCustomer;
before(async () => {
  world = await testWorld();
  customer = await readyCustomer(world, null);
});

const notify = (body: Record<string, string> | string, type?: string) =>
  send(world, 'alipay', alipayMessage(body, type));

test('F39 bad signature, tampered body, missing sign, unsigned: refused, nothing changes', async () => {
  const payment = await begin(customer, '60');
  const good = await alipayForm(world, payment);
  const { sign, sign_type, ...unsigned } = good;
  const forgeries: [string, Record<string, string> | string, string?][] = [
    ['signature of nothing', { ...unsigned, sign_type: 'RSA2', sign: rsa2('', untrustedKey()) }],
    ['amount changed', { ...good, total_amount: '60000.00' }],
    ['number changed', { ...good, out_trade_no: `${payment.out_trade_no}1` }],
    ['a field more', { ...good, fund_bill_list: '[]' }],
    ['sign missing', { ...unsigned, sign_type: 'RSA2' }],
    ['sign empty', { ...good, sign: '' }],
    ['sign not base64', { ...good, sign: `${sign} ` }],
    ['SHA-1', { ...good, sign_type: 'RSA' }],
    ['sign type missing', { ...unsigned, sign: sign! }],
    ['unsigned', unsigned],
    ['amount twice', `${new URLSearchParams(good)}&total_amount=60000.00`],
    ['JSON that lies', JSON.stringify({ ...good, total_amount: 60000 }), 'application/json'],
    ['broken JSON', '{', 'application/json'],
    ['another type', 'x', 'text/plain'],
    ['polluted', { ...unsigned, __proto__: 'x', constructor: 'x', sign_type: 'RSA2', sign: sign! }],
  ];
  assert.equal(sign_type, 'RSA2');
  const before = await made(world);
  for (const [what, body, type] of forgeries) {
    const answer = await notify(body, type);
    assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status}`);
    assert.equal(answer.text, 'fail', what);
  }
  assert.deepEqual(await made(world), before);
  assert.equal(await stateOf(customer, payment), 'pending');
});

test('F39 the signed return to our page credits nothing: it is no notification', async () => {
  const { faults } = world.server.alipaySandbox!;
  const balance = await customer.balance();
  const payment = await begin(customer, '2');
  faults.drop = true;
  try {
    const back = await payAtSandbox(payment.pay_url);
    const fields = Object.fromEntries(new URL(back!).searchParams);
    assert.equal((await notify(fields)).text, 'fail');
    assert.equal(await customer.balance(), balance);
  } finally {
    faults.drop = false;
  }
});

test('F40 a paid trade overtaken by older states: no effect', async () => {
  const payment = await begin(customer, '7');
  const waiting = await alipayForm(world, payment, {
    trade_status: 'WAIT_BUYER_PAY',
    gmt_payment: undefined,
  });
  const closed = await alipayForm(world, payment, { trade_status: 'TRADE_CLOSED', gmt_payment: undefined });
  const paid = await alipayForm(world, payment);
  assert.equal((await notify(waiting)).text, 'success');
  assert.equal(await stateOf(customer, payment), 'pending');
  assert.equal((await notify(paid)).text, 'success');
  const balance = await customer.balance();
  for (const body of [waiting, closed, paid])
    assert.equal((await notify(body)).text, 'success', 'acknowledged, so that it stops');
  assert.equal(await customer.balance(), balance);
  assert.equal(await stateOf(customer, payment), 'paid');
});

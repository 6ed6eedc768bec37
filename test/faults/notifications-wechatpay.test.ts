import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { noWechatPayFaults } from '#drivers/wechatpay/sandbox-faults.ts';
import { wechatPayKeys } from '#drivers/wechatpay/sandbox-keys.ts';
import { sealed, signatureHeaders } from '#drivers/wechatpay/sandbox-wire.ts';
import { answerText, signed } from '#drivers/wechatpay/wire.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { readyCustomer, testWorld } from '../support/world.ts';
import {
  type Begun,
  begin,
  type Message,
  send,
  stateOf,
  wechatPayContent,
  wechatPayMessage,
} from './support/channels.ts';
import { made } from './support/wire.ts';

/** What can be done to WeChat Pay's signed headers and sealed resources in particular. */

let world: World;
let customer: StoryCustomer;
before(async () => {
  world = await testWorld();
  customer = await readyCustomer(world, null);
});

const notify = (message: Message) => send(world, 'wechatpay', message);
const keysOf = () => wechatPayKeys(join(world.server.house.config.dataDir, 'wechatpay-sandbox'));
const paidMessage = (payment: Begun, faults = {}) =>
  wechatPayMessage(world, 'TRANSACTION.SUCCESS', wechatPayContent(world, payment), faults);

async function refused(messages: Record<string, Message>): Promise<void> {
  const before = await made(world);
  for (const [what, message] of Object.entries(messages)) {
    const answer = await notify(message);
    assert.equal(answer.status, 401, what);
    assert.deepEqual(JSON.parse(answer.text), { code: 'FAIL', message: '验签失败' }, what);
  }
  assert.deepEqual(await made(world), before);
}

test('F39 headers: missing, of another message, of an unknown key, a signature probe: refused', async () => {
  const payment = await begin(customer, '60', 'wechatpay');
  const good = await paidMessage(payment);
  const other = await paidMessage(await begin(customer, '61', 'wechatpay'));
  const { headers, body } = good;
  const without = (name: string) => {
    const { [name]: _, ...rest } = headers;
    return { headers: rest, body };
  };
  const withHeader = (name: string, value: string) => ({ headers: { ...headers, [name]: value }, body });
  const wechatPay = (await keysOf()).wechatPay;
  await refused({
    ...Object.fromEntries(
      ['timestamp', 'nonce', 'signature', 'serial'].map((name) => [
        `no ${name}`,
        without(`wechatpay-${name}`),
      ]),
    ),
    'unknown serial': await paidMessage(payment, { unknownSerial: true }),
    'a public key that we don’t have': withHeader('wechatpay-serial', wechatPay.id),
    'serial that is a path': withHeader('wechatpay-serial', '../../etc/passwd'),
    'another nonce': withHeader('wechatpay-nonce', 'abc'),
    'another time': withHeader('wechatpay-timestamp', String(Number(headers['wechatpay-timestamp']) + 1)),
    'time that is no number': withHeader('wechatpay-timestamp', '1e9'),
    'signature probe': withHeader(
      'wechatpay-signature',
      `WECHATPAY/SIGNTEST/${headers['wechatpay-signature']}`,
    ),
    'signature with a space': withHeader(
      'wechatpay-signature',
      `${headers['wechatpay-signature']!.slice(0, 9)} `,
    ),
    'signature of another': { headers: other.headers, body },
  });
  assert.equal(await stateOf(customer, payment), 'pending');
  assert.equal((await notify(good)).status, 204, 'and the true one is still taken');
});

test('F39 truly signed, but sealed under another key, changed inside, or of no known kind: refused', async () => {
  const payment = await begin(customer, '62', 'wechatpay');
  const keys = await keysOf();
  const content = wechatPayContent(world, payment);
  const signedBody = (body: unknown): Message => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const headers = signatureHeaders(text, keys, 'certificate', noWechatPayFaults(), world.clock.now());
    return { headers: { 'content-type': 'application/json', ...headers }, body: text };
  };
  const whole = (resource: unknown, event = 'TRANSACTION.SUCCESS') =>
    signedBody({ id: 'x', event_type: event, resource_type: 'encrypt-resource', resource });
  const good = sealed(JSON.stringify(content), keys.apiV3Key, 'transaction');
  await refused({
    'another APIv3 key': whole(
      sealed(JSON.stringify(content), randomBytes(16).toString('hex'), 'transaction'),
    ),
    'other associated data': whole({ ...good, associated_data: 'refund' }),
    'another algorithm': whole({ ...good, algorithm: 'NONE' }),
    'too short': whole({ ...good, ciphertext: 'AA==' }),
    'no ciphertext': whole({ ...good, ciphertext: undefined }),
    'a nonce of another kind': whole({ ...good, nonce: 7 }),
    'not JSON inside': whole(sealed('not JSON', keys.apiV3Key, 'transaction')),
    'a list inside': whole(sealed('[1]', keys.apiV3Key, 'transaction')),
    'no number inside': whole(sealed('{}', keys.apiV3Key, 'transaction')),
    'another event': whole(good, 'COUPON.USE'),
    'no event': whole(good, ''),
    'no resource': whole(null),
    'not JSON': signedBody('{'),
    'a list': signedBody([]),
  });
  assert.equal(await stateOf(customer, payment), 'pending');
});

test('F39 bytes that are no UTF-8 are refused, though a signature over their replacement would hold', async () => {
  const payment = await begin(customer, '63', 'wechatpay');
  const { body, headers } = await paidMessage(payment);
  const bytes = Buffer.concat([Buffer.from(body), Buffer.from([0xff])]);
  const keys = await keysOf();
  const time = headers['wechatpay-timestamp']!;
  const nonce = headers['wechatpay-nonce']!;
  const signature = signed(answerText(time, nonce, bytes.toString('utf8')), keys.platform.privateKey);
  const response = await fetch(`${world.url}/api/v1/callbacks/wechatpay`, {
    method: 'POST',
    headers: { ...headers, 'wechatpay-signature': signature },
    body: bytes,
  });
  assert.equal(response.status, 401);
  assert.equal(await stateOf(customer, payment), 'pending');
});

test('F40 signed more than five minutes ago, or for a time to come: refused; asking the channel still credits', async () => {
  const payment = await begin(customer, '64', 'wechatpay');
  await refused({
    'five minutes and a second old': await paidMessage(payment, { staleSeconds: 301 }),
    'a day old': await paidMessage(payment, { staleSeconds: 86_400 }),
    'five minutes and a second ahead': await paidMessage(payment, { staleSeconds: -301 }),
  });
  assert.equal(await stateOf(customer, payment), 'pending');
  assert.equal((await notify(await paidMessage(payment, { staleSeconds: 299 }))).status, 204);
  assert.equal(await stateOf(customer, payment), 'paid');
});

test('F39 the platform certificates can’t be had: 503 so that it is sent again, and taken once they can', async () => {
  const fresh = await testWorld();
  const other = await readyCustomer(fresh, null);
  const payment = await begin(other, '5', 'wechatpay');
  // The server forgets what it learnt when the payment began.
  await fresh.reopen();
  const { faults } = fresh.server.wechatPaySandbox!;
  const message = () => wechatPayMessage(fresh, 'TRANSACTION.SUCCESS', wechatPayContent(fresh, payment));
  faults.status500 = true;
  assert.equal((await send(fresh, 'wechatpay', await message())).status, 503);
  faults.status500 = false;
  assert.equal((await send(fresh, 'wechatpay', await message())).status, 204);
  assert.equal(await stateOf(other, payment), 'paid');
});

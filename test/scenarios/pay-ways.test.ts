import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { before, test } from 'node:test';
import { addMinutes } from '#kernel/time.ts';
import { type ApiProblem, ok } from '#server/client.ts';
import { payAtSandbox } from '#server/story/alipay-payer.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { idOf, refusedBy, yuan } from '../support/money.ts';
import { paymentOf } from '../support/payments.ts';
import { readyCustomer, testWorld } from '../support/world.ts';

/** Each channel and each way to pay, begun and begun again. */

let world: World;
let customer: StoryCustomer;
const credited: { paymentId: string; customerId: string; channel: string; amount: bigint }[] = [];

before(async () => {
  world = await testWorld();
  customer = await readyCustomer(world, null);
  world.server.house.bus.on('payment.credited', async (_tx, _ctx, event) => void credited.push(event));
});

type Body = { amount: string; channel: 'alipay' | 'wechatpay'; way?: 'page' | 'wap' | 'qr' | 'jsapi' | 'h5' };

const begin = (body: Body & { payer_open_id?: string }) =>
  ok(customer.api.POST('/api/v1/payments', { body }));

test('[lantian 5.1] the channels of the brand’s terms are offered, each with its ways', async () => {
  const { items } = await ok(customer.api.GET('/api/v1/payment-channels'));
  assert.deepEqual(
    items.map(({ channel, ways, sandbox }) => [channel, [...ways].sort(), sandbox]),
    [
      ['alipay', ['page', 'qr', 'wap'], true],
      ['wechatpay', ['h5', 'jsapi', 'qr'], true],
    ],
  );
  await assert.rejects(begin({ amount: '5', channel: 'alipay', way: 'jsapi' }), refusedBy('way-unsupported'));
  await assert.rejects(begin({ amount: '5', channel: 'wechatpay', way: 'jsapi' }), refusedBy('payer-needed'));
});

for (const [channel, way, kind] of [
  ['alipay', 'page', 'pay_url'],
  ['alipay', 'wap', 'pay_url'],
  ['alipay', 'qr', 'qr_code'],
  ['wechatpay', 'qr', 'qr_code'],
  ['wechatpay', 'h5', 'pay_url'],
] as const) {
  test(`${channel} by ${way}: what the payer needs is kept, and what is paid is credited and announced once`, async () => {
    const balance = Number(await customer.balance());
    const begun = await begin({ amount: '13', channel, way });
    const shown = [begun.pay_url, begun.qr_code, begun.jsapi, begun.bank_transfer];
    assert.equal(shown.filter((one) => one !== null).length, 1);
    const before = await paymentOf(customer, begun.id);
    assert.deepEqual([before.way, before.payable, before.presentation?.[kind]], [way, true, begun[kind]]);
    await payAtSandbox(begun[kind]!);
    await world.server.alipaySandbox!.deliverDue();
    await world.server.wechatPaySandbox!.deliverDue();
    await world.advanceTo(addMinutes(world.clock.now(), 2));
    const after = await paymentOf(customer, begun.id);
    assert.deepEqual([after.state, after.payable, after.presentation], ['paid', false, null]);
    assert.equal(Number(await customer.balance()), balance + 13);
    const customerId = await idOf(customer);
    assert.deepEqual(
      credited.filter(({ paymentId }) => paymentId === begun.id),
      [{ paymentId: begun.id, customerId, channel, amount: yuan('13') }],
    );
  });
}

test('inside WeChat the payer’s device gets what its own window takes', async () => {
  const begun = await begin({
    amount: '2',
    channel: 'wechatpay',
    way: 'jsapi',
    payer_open_id: 'oUpF8uMuAJO',
  });
  assert.deepEqual(Object.keys(begun.jsapi ?? {}).sort(), [
    ...['appId', 'nonceStr', 'package', 'paySign', 'signType', 'timeStamp'],
  ]);
});

for (const fault of ['status500', 'hangUp'] as const) {
  test(`F43 the channel can’t be reached at the start (${fault}): the payment waits, and is begun again by the same key or by asking`, async () => {
    const { faults } = world.server.wechatPaySandbox!;
    const balance = Number(await customer.balance());
    const headers = { 'idempotency-key': randomUUID() };
    const body = { amount: '21', channel: 'wechatpay' as const };
    const start = () => ok(customer.api.POST('/api/v1/payments', { body, headers }));
    faults[fault] = true;
    let id = '';
    await assert.rejects(start(), (error: ApiProblem) => {
      id = String(error.body.payment_id);
      return error.code === 'channel-unavailable' && error.status === 503;
    });
    const waiting = await paymentOf(customer, id);
    assert.deepEqual([waiting.state, waiting.payable, waiting.presentation], ['pending', true, null]);
    faults[fault] = false;
    const path = { id };
    const begun = await ok(customer.api.POST('/api/v1/payments/{id}/start', { params: { path }, body: {} }));
    const again = await start();
    assert.deepEqual([again.id, again.qr_code], [id, begun.qr_code]);
    await payAtSandbox(begun.qr_code!);
    await world.server.wechatPaySandbox!.deliverDue();
    await world.advanceTo(addMinutes(world.clock.now(), 2));
    assert.equal(Number(await customer.balance()), balance + 21);
    await assert.rejects(
      ok(customer.api.POST('/api/v1/payments/{id}/start', { params: { path }, body: {} })),
      refusedBy('payment-ended'),
    );
  });
}

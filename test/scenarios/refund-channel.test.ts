import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { afterEach, before, test } from 'node:test';
import type { AlipaySandbox } from '#drivers/alipay/sandbox.ts';
import { violated } from '#kernel/db.ts';
import { systemCtx } from '#kernel/house.ts';
import { addDays, addMinutes } from '#kernel/time.ts';
import { ledgerCheck } from '#modules/ledger/index.ts';
import { refundablePayments } from '#modules/payments/index.ts';
import { type Api, ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import { allJobs } from '#server/worker.ts';
import type { World } from '#server/world.ts';
import { books, idOf, refusedBy, staffOf, yuan } from '../support/money.ts';
import { decide, heldOf, paymentOf, payOnly, refund, refundRow } from '../support/payments.ts';
import { ownerOf, readyCustomer, testWorld } from '../support/world.ts';

/** Money that goes back the way it came: asked for until it is known, never above what was paid, never twice. */

let world: World;
let customer: StoryCustomer;
let staff: Api;
let sandbox: AlipaySandbox;
const ended: { name: string; refundId: string }[] = [];

before(async () => {
  world = await testWorld({ seed: true });
  customer = await readyCustomer(world, null);
  staff = await staffOf(world);
  sandbox = world.server.alipaySandbox!;
  for (const name of ['channel-refund.done', 'channel-refund.failed'] as const)
    world.server.house.bus.on(name, async (_tx, _ctx, { refundId }) => void ended.push({ name, refundId }));
});

const CALM = {
  ...{ status500: false, refundSlow: false, refundBroke: false, drop: false },
  wrongAmount: null,
};
afterEach(() => {
  Object.assign(sandbox.faults, CALM);
});

const later = async (minutes: number) => {
  await world.advanceTo(addMinutes(world.clock.now(), minutes));
  await customer.stayIn(world.clock.now());
};
const endsOf = (id: string) => ended.filter(({ refundId }) => refundId === id).map(({ name }) => name);
const account = async (kind: string) => (await books(world))[kind] ?? 0n;

test('part of a payment goes back: in transit, then gone; the payer is told, and told once', async () => {
  const payment = await customer.topUp('100');
  const before = await account('channel_clearing');
  const { refundId } = await refund(world, { paymentId: payment, amount: yuan('30') });
  assert.equal(await customer.balance(), '70.00');
  await world.drain();
  const row = await refundRow(world, refundId);
  assert.deepEqual([row.state, row.asked, row.ask_at], ['done', 1, null]);
  assert.equal((await account('channel_clearing')) - before, yuan('30'));
  assert.equal(await account('withdrawal_transit'), 0n);
  assert.equal((await paymentOf(customer, payment)).refunded_amount, '30.00');
  assert.deepEqual(endsOf(refundId), ['channel-refund.done']);
  await sandbox.deliverDue();
  await later(10);
  const { items } = await ok(customer.api.GET('/api/v1/notices'));
  assert.equal(items.filter(({ kind }) => kind === 'refund-done').length, 1);
  assert.deepEqual(endsOf(refundId), ['channel-refund.done'], 'the notice of it changes nothing more');
});

test('F32 several parts, never more than was paid; the same refund again is the same refund', async () => {
  const payment = await customer.topUp('50');
  const balance = Number(await customer.balance());
  const first = await refund(world, { paymentId: payment, amount: yuan('20') });
  const again = await refund(world, { paymentId: payment, amount: yuan('20'), refundId: first.refundId });
  assert.equal(again.outRefundNo, first.outRefundNo);
  assert.equal(Number(await customer.balance()), balance - 20);
  await assert.rejects(refund(world, { paymentId: payment, amount: yuan('30.01') }), {
    code: 'refund-above-payment',
  });
  await assert.rejects(refund(world, { paymentId: payment, amount: yuan('21'), refundId: first.refundId }), {
    code: 'refund-impossible',
  });
  for (const amount of [0n, -yuan('1'), 5_000n])
    await assert.rejects(refund(world, { paymentId: payment, amount }), { code: 'refund-impossible' });
  await refund(world, { paymentId: payment, amount: yuan('30') });
  await world.drain();
  assert.equal((await paymentOf(customer, payment)).refunded_amount, '50.00');
  await assert.rejects(refund(world, { paymentId: payment, amount: yuan('0.01') }), {
    code: 'refund-above-payment',
  });
});

test('F32 twenty refunds at once of a payment that holds seven of them', async () => {
  const payment = await customer.topUp('70');
  const balance = Number(await customer.balance());
  const tries = await Promise.allSettled(
    Array.from({ length: 20 }, () => refund(world, { paymentId: payment, amount: yuan('10') })),
  );
  const refused = tries.filter((result) => result.status === 'rejected').map(({ reason }) => reason.code);
  assert.deepEqual(
    refused,
    Array.from({ length: 13 }, () => 'refund-above-payment'),
  );
  assert.equal(Number(await customer.balance()), balance - 70);
  await world.drain();
  assert.equal(await account('withdrawal_transit'), 0n);
  assert.deepEqual(await ledgerCheck(world.server.house.db), { sum: 0n, drift: 0n });
});

test('F32 the database itself refuses a refund above the payment, and a refund that ended stays as it ended', async () => {
  const payment = await customer.topUp('5');
  const { db } = world.server.house;
  const { refundId } = await refund(world, { paymentId: payment, amount: yuan('3') });
  await world.drain();
  const row = await refundRow(world, refundId);
  const other = { ...row, id: randomUUID(), out_refund_no: 'R1', amount_micro: yuan('2.01') };
  await assert.rejects(db.insertInto('payments_refund').values(other).execute(), (error) => {
    assert.equal(violated(error), 'payments_payment_refund_within');
    return true;
  });
  await assert.rejects(
    db.updateTable('payments_refund').set({ state: 'failed' }).where('id', '=', refundId).execute(),
    (error) => violated(error) === 'payments_refund_fixed',
  );
  await assert.rejects(ownerOf(world).deleteFrom('payments_refund').execute(), /append-only/);
});

test('the channel refuses, and signs it: the money is back where it was, and can be refunded again', async () => {
  const payment = await customer.topUp('12');
  const balance = await customer.balance();
  sandbox.faults.refundBroke = true;
  const { refundId } = await refund(world, { paymentId: payment, amount: yuan('12') });
  await world.drain();
  const row = await refundRow(world, refundId);
  assert.deepEqual([row.state, row.detail], ['failed', 'ACQ.SELLER_BALANCE_NOT_ENOUGH']);
  assert.equal(await customer.balance(), balance);
  assert.deepEqual(endsOf(refundId), ['channel-refund.failed']);
  sandbox.faults.refundBroke = false;
  const { refundId: second } = await refund(world, { paymentId: payment, amount: yuan('12') });
  await world.drain();
  assert.equal((await refundRow(world, second)).state, 'done');
});

test('F43 the channel did it and answered 500: unknown, the money in transit, done once it can be asked', async () => {
  const payment = await customer.topUp('9');
  Object.assign(sandbox.faults, { status500: true, drop: true });
  const { refundId } = await refund(world, { paymentId: payment, amount: yuan('9') });
  const clearing = await account('channel_clearing');
  await world.drain();
  assert.equal((await refundRow(world, refundId)).state, 'unknown');
  await later(3);
  assert.equal((await refundRow(world, refundId)).state, 'unknown', 'neither done nor failed is guessed');
  assert.equal(await account('withdrawal_transit'), yuan('9'));
  sandbox.faults.status500 = false;
  await later(60);
  assert.equal((await refundRow(world, refundId)).state, 'done');
  assert.equal((await account('channel_clearing')) - clearing, yuan('9'), 'once');
});

test('asked for by eight workers at once, and again by one that died before it could write: gone once', async () => {
  const payment = await customer.topUp('16');
  const clearing = await account('channel_clearing');
  sandbox.faults.drop = true;
  const { refundId } = await refund(world, { paymentId: payment, amount: yuan('16') });
  const work = allJobs(world.server.house)['payments.refund']!;
  const info = { attempt: 1, last: false };
  await Promise.all(Array.from({ length: 8 }, () => work({ refund: refundId }, info)));
  await world.drain();
  await later(5);
  assert.equal((await refundRow(world, refundId)).state, 'done');
  assert.equal((await account('channel_clearing')) - clearing, yuan('16'));
  assert.deepEqual(endsOf(refundId), ['channel-refund.done']);
  // What the channel did and nobody wrote down is found by its number, and not done again.
  sandbox.faults.drop = false;
  const second = await customer.topUp('17');
  const { out_trade_no: outTradeNo } = await paymentOf(customer, second);
  const lost = await refund(world, { paymentId: second, amount: yuan('5') });
  const request = { outTradeNo, outRefundNo: lost.outRefundNo, amount: yuan('5'), total: yuan('17') };
  const notifyUrl = `${world.url}/api/v1/callbacks/alipay`;
  await world.server.house.ports.payments.alipay!.refund({ ...request, reason: '测试退款', notifyUrl });
  await later(5);
  assert.equal((await refundRow(world, lost.refundId)).state, 'done');
  const rest = await refund(world, { paymentId: second, amount: yuan('12') });
  await later(5);
  assert.equal((await refundRow(world, rest.refundId)).state, 'done', 'the rest was still there');
});

test('a refund that takes its time stays in transit until the channel says that it is gone', async () => {
  const payment = await customer.topUp('8');
  sandbox.faults.refundSlow = true;
  sandbox.faults.drop = true;
  const { refundId } = await refund(world, { paymentId: payment, amount: yuan('8') });
  await later(90);
  const { state } = await refundRow(world, refundId);
  assert.equal(state, 'processing');
  assert.equal(await account('withdrawal_transit'), yuan('8'));
  sandbox.faults.refundSlow = false;
  await later(61);
  assert.equal((await refundRow(world, refundId)).state, 'done');
  assert.deepEqual(endsOf(refundId), ['channel-refund.done']);
});

test('what is left of each payment can go back, newest first; after a year nothing can', async () => {
  const stranger = await readyCustomer(world, null);
  const first = await stranger.topUp('10');
  const second = await stranger.topUp('20');
  await refund(world, { paymentId: second, amount: yuan('5') });
  await world.drain();
  const { db } = world.server.house;
  const owner = await idOf(stranger);
  const refundable = () => refundablePayments(db, systemCtx(world.server.house, 'lantian', 'test'), owner);
  assert.deepEqual(
    (await refundable()).map((one) => [one.paymentId, one.left]).sort(),
    [
      [first, yuan('10')],
      [second, yuan('15')],
    ].sort(),
  );
  await db
    .updateTable('payments_payment')
    .set({ settled_at: addDays(world.clock.now(), -365, 'Asia/Shanghai') })
    .where('id', '=', first)
    .execute();
  await assert.rejects(refund(world, { paymentId: first, amount: yuan('1') }), { code: 'refund-impossible' });
  const rest = (await refundable()).map((one) => one.paymentId);
  assert.deepEqual(rest, [second], 'what is too old for its channel isn’t offered');
});

test('F37 the refund is told before its payment is known: nothing is credited, staff see what the channel says', async () => {
  sandbox.faults.drop = true;
  const balance = await customer.balance();
  const begun = await payOnly(customer, '40');
  await sandbox.deliverDue();
  sandbox.faults.drop = false;
  const gateway = world.server.house.ports.payments.alipay!;
  const byHand = { outTradeNo: begun.out_trade_no, outRefundNo: 'byhand1', reason: '商家后台退款' };
  const amount = yuan('40');
  await gateway.refund({
    ...byHand,
    amount,
    total: amount,
    notifyUrl: `${world.url}/api/v1/callbacks/alipay`,
  });
  await sandbox.deliverDue();
  await world.drain();
  assert.equal((await paymentOf(customer, begun.id)).state, 'held');
  assert.equal(await customer.balance(), balance);
  const held = await heldOf(staff, begun.out_trade_no);
  await decide(staff, held.id, { act: 'dismiss', reason: '已在支付宝全额退回' });
  assert.equal((await paymentOf(customer, begun.id)).state, 'returned');
  await sandbox.renotify(begun.out_trade_no);
  await later(60);
  assert.equal(await customer.balance(), balance);
});

test('F37 the other way round: credited, then refunded at the channel by hand; staff book it, and the end is the same', async () => {
  const balance = await customer.balance();
  const payment = await customer.topUp('40');
  const { out_trade_no: outTradeNo } = await paymentOf(customer, payment);
  const amount = yuan('40');
  const byHand = { outTradeNo, outRefundNo: 'byhand2', reason: '商家后台退款', total: amount };
  const notifyUrl = `${world.url}/api/v1/callbacks/alipay`;
  await world.server.house.ports.payments.alipay!.refund({ ...byHand, amount, notifyUrl });
  await sandbox.deliverDue();
  await world.drain();
  const held = await heldOf(staff, outTradeNo);
  assert.deepEqual([held.kind, held.refund], ['foreign-refund', '40.00']);
  await assert.rejects(
    decide(staff, held.id, { act: 'credit', reason: 'not like this' }),
    refusedBy('held-act-impossible'),
  );
  await decide(staff, held.id, { act: 'book', reason: '客服在支付宝后台退款' });
  assert.equal(await customer.balance(), balance);
  await assert.rejects(refund(world, { paymentId: payment, amount: yuan('1') }), {
    code: 'refund-above-payment',
  });
});

test('WeChat Pay: gone; given up by the channel, and back in the balance; not reaching the payer, and kept in sight', async () => {
  const { faults } = world.server.wechatPaySandbox!;
  const begun = await payOnly(customer, '36', 'wechatpay');
  await world.server.wechatPaySandbox!.deliverDue();
  const balance = Number(await customer.balance());
  const tries = [
    ['SUCCESS', 'done', 6],
    ['CLOSED', 'failed', 0],
    ['ABNORMAL', 'processing', 6],
  ] as const;
  let gone = 0;
  for (const [end, state, taken] of tries) {
    faults.refundEnds = end;
    const { refundId } = await refund(world, { paymentId: begun.id, amount: yuan('6') });
    await later(5);
    assert.equal((await refundRow(world, refundId)).state, state, end);
    gone += taken;
    assert.equal(Number(await customer.balance()), balance - gone, end);
  }
  assert.equal((await paymentOf(customer, begun.id)).refunded_amount, '12.00');
  assert.equal(await account('withdrawal_transit'), yuan('6'));
});

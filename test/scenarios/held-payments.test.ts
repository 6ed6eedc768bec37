import assert from 'node:assert/strict';
import { afterEach, before, test } from 'node:test';
import type { AlipaySandbox } from '#drivers/alipay/sandbox.ts';
import { addMinutes } from '#kernel/time.ts';
import { cashBalance } from '#modules/ledger/index.ts';
import { heldPayments } from '#modules/payments/index.ts';
import { type Api, ok } from '#server/client.ts';
import { payAtSandbox } from '#server/story/alipay-payer.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { books, idOf, refusedBy, staffOf, yuan } from '../support/money.ts';
import { decide, heldOf, paymentOf, payOnly } from '../support/payments.ts';
import { readyCustomer, testWorld } from '../support/world.ts';

/** Money that the channel has for us and that nobody may use yet: an alarm until staff decide, on the channel's word. */

let world: World;
let customer: StoryCustomer;
let staff: Api;
let sandbox: AlipaySandbox;

before(async () => {
  world = await testWorld({ seed: true });
  customer = await readyCustomer(world, null);
  staff = await staffOf(world);
  sandbox = world.server.alipaySandbox!;
});
afterEach(() => {
  Object.assign(sandbox.faults, { status500: false, refundBroke: false, wrongAmount: null });
});

const account = async (kind: string) => (await books(world))[kind] ?? 0n;

test('F38 held because the amount differs: staff credit what the channel says was really paid', async () => {
  const balance = Number(await customer.balance());
  sandbox.faults.wrongAmount = '33.00';
  const begun = await payOnly(customer, '60');
  await sandbox.deliverDue();
  await world.drain();
  sandbox.faults.wrongAmount = null;
  const held = await heldOf(staff, begun.out_trade_no);
  assert.deepEqual([held.kind, held.booked], ['differs', '33.00']);
  const alarms = await heldPayments(world.server.house.db, 'lantian');
  await assert.rejects(
    decide(staff, held.id, { act: 'dismiss', reason: 'no wish' }),
    refusedBy('held-money-there'),
  );
  assert.equal(await heldPayments(world.server.house.db, 'lantian'), alarms, 'the alarm stays');
  const [one, two] = await Promise.allSettled([
    decide(staff, held.id, { act: 'credit', reason: '与渠道核对无误' }),
    decide(staff, held.id, { act: 'return', reason: '退回付款人' }),
  ]);
  const wins = [one, two].filter(({ status }) => status === 'fulfilled');
  assert.equal(wins.length, 1, 'two of the staff at once: one decides');
  await world.drain();
  assert.equal(await heldPayments(world.server.house.db, 'lantian'), alarms - 1);
  assert.equal(Number(await customer.balance()), one.status === 'fulfilled' ? balance + 60 : balance);
  assert.equal(await account('payment_held'), 0n);
});

test('F38 held money goes back through the channel; when the channel refuses it is for staff again', async () => {
  const balance = await customer.balance();
  sandbox.faults.wrongAmount = '1.00';
  const begun = await payOnly(customer, '25');
  await sandbox.deliverDue();
  await world.drain();
  sandbox.faults.wrongAmount = null;
  sandbox.faults.refundBroke = true;
  const held = await heldOf(staff, begun.out_trade_no);
  await decide(staff, held.id, { act: 'return', reason: '付款人要求退回' });
  await world.drain();
  assert.equal((await heldOf(staff, begun.out_trade_no)).state, 'open', 'it could not be sent back');
  assert.equal(await account('payment_held'), yuan('25'));
  sandbox.faults.refundBroke = false;
  await decide(staff, held.id, { act: 'return', reason: '付款人要求退回' });
  await world.drain();
  assert.equal((await heldOf(staff, begun.out_trade_no)).state, 'returned');
  assert.equal((await paymentOf(customer, begun.id)).state, 'returned');
  assert.equal(await account('payment_held'), 0n);
  assert.equal(await customer.balance(), balance);
});

test('F38 money that names no payment of ours: staff find out whose it is, and it is credited once', async () => {
  const stranger = await readyCustomer(world, null);
  const customerId = await idOf(stranger);
  const outTradeNo = 'ORPHAN20260302';
  const step = await world.server.house.ports.payments.alipay!.start({
    outTradeNo,
    way: 'page',
    amount: yuan('15'),
    subject: '无主付款',
    returnUrl: `${world.url}/`,
    notifyUrl: `${world.url}/api/v1/callbacks/alipay`,
    expiresAt: addMinutes(world.clock.now(), 30),
  });
  assert.equal(step.kind, 'redirect');
  await payAtSandbox(step.kind === 'redirect' ? step.url : '');
  await sandbox.deliverDue();
  const held = await heldOf(staff, outTradeNo);
  assert.deepEqual([held.kind, held.booked, held.payment_id], ['orphan', '15.00', null]);
  await assert.rejects(
    decide(staff, held.id, { act: 'credit', reason: 'whose?' }),
    refusedBy('held-customer-needed'),
  );
  await decide(staff, held.id, { act: 'credit', reason: '客户来电确认', customer_id: customerId });
  assert.equal(await cashBalance(world.server.house.db, 'lantian', customerId), yuan('15'));
  await assert.rejects(
    decide(staff, held.id, { act: 'credit', reason: 'again', customer_id: customerId }),
    refusedBy('held-decided'),
  );
  await sandbox.renotify(outTradeNo);
  assert.equal(await cashBalance(world.server.house.db, 'lantian', customerId), yuan('15'));
});

test('staff decide nothing while the channel can’t be asked, and credit nothing that it denies', async () => {
  const begun = await ok(
    customer.api.POST('/api/v1/payments', { body: { amount: '77', channel: 'alipay' } }),
  );
  await fetch(begun.pay_url!);
  sandbox.faults.wrongAmount = '7700.00';
  await sandbox.renotify(begun.out_trade_no);
  const { db } = world.server.house;
  await db
    .updateTable('payments_payment')
    .set({ state: 'held', held_reason: 'amount differs' })
    .where('id', '=', begun.id)
    .execute();
  const row = { brand: 'lantian', channel: 'alipay', kind: 'differs', reason: 'amount differs' } as const;
  await db
    .insertInto('payments_held')
    .values({
      ...{ ...row, id: begun.id, number: begun.out_trade_no, out_trade_no: begun.out_trade_no },
      ...{ trade_no: null, payment_id: begun.id, customer_id: await idOf(customer), facts: '{}' },
      ...{ booked_micro: 0n, refund_micro: null, state: 'open', created_at: world.clock.now() },
      ...{ decided_at: null, decided_by: null, decision_reason: null },
    })
    .execute();
  const balance = await customer.balance();
  const credit = () => decide(staff, begun.id, { act: 'credit', reason: '客户有截图' });
  await assert.rejects(credit(), refusedBy('payment-unconfirmed'));
  sandbox.faults.status500 = true;
  await assert.rejects(credit(), refusedBy('channel-unavailable'));
  sandbox.faults.status500 = false;
  assert.equal(await customer.balance(), balance);
  await decide(staff, begun.id, { act: 'dismiss', reason: '渠道没有这笔付款' });
  assert.equal((await paymentOf(customer, begun.id)).state, 'closed');
});

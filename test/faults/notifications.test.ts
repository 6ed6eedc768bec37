import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { before, test } from 'node:test';
import { rsa2 } from '#drivers/alipay/sandbox-wire.ts';
import { addDays, addMinutes } from '#kernel/time.ts';
import { ledgerCheck } from '#modules/ledger/index.ts';
import { heldPayments } from '#modules/payments/index.ts';
import { apiClient, ok } from '#server/client.ts';
import { payAtSandbox } from '#server/story/alipay-payer.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { readyCustomer, testWorld } from '../support/world.ts';
import { begin, notification, notify, stateOf } from './support/alipay.ts';
import { made } from './support/wire.ts';

let world: World;
let customer: StoryCustomer;
before(async () => {
  world = await testWorld({ seed: true });
  customer = await readyCustomer(world, null);
});

async function credits(paymentId: string): Promise<number> {
  const rows = await world.server.house.db
    .selectFrom('ledger_transaction')
    .select('id')
    .where('source', '=', 'payment')
    .where('source_id', '=', paymentId)
    .execute();
  return rows.length;
}

test('F36 the same notification 50 times in parallel: one credit, all acknowledged', async () => {
  const payment = await begin(customer, '12.34');
  const body = await notification(world, payment);
  const answers = await Promise.all(Array.from({ length: 50 }, () => notify(world, body)));
  assert.deepEqual(new Set(answers.map(({ status, text }) => `${status} ${text}`)), new Set(['200 success']));
  assert.equal(await customer.balance(), '12.34');
  assert.equal(await credits(payment.id), 1);
  const { items } = await ok(customer.api.GET('/api/v1/notices'));
  assert.equal(items.filter(({ kind }) => kind === 'payment-received').length, 1, 'told once');
});

test('F36 the gateway itself sends 50 at once, and the payer’s browser comes back too', async () => {
  const { faults } = world.server.alipaySandbox!;
  const balance = Number(await customer.balance());
  const payment = await begin(customer, '1');
  faults.duplicate = 50;
  try {
    await payAtSandbox(payment.pay_url);
    await world.server.alipaySandbox!.deliverDue();
  } finally {
    faults.duplicate = 1;
  }
  assert.equal(await stateOf(customer, payment), 'paid');
  assert.equal(Number(await customer.balance()), balance + 1);
  assert.equal(await credits(payment.id), 1);
});

const DIFFERING: [string, Record<string, string | undefined>, RegExp][] = [
  ['amount', { total_amount: '0.01' }, /amount/],
  ['greater amount', { total_amount: '5000.00' }, /amount/],
  ['app id', { app_id: '2021999999999999' }, /app id/],
  ['seller id', { seller_id: '2088999999999999' }, /seller id/],
  ['missing app id', { app_id: undefined }, /app id/],
  ['missing seller id', { seller_id: undefined }, /seller id/],
];

for (const [what, changes, reason] of DIFFERING) {
  test(`F38 truly signed, but the ${what} differs: held, shown to staff, not credited`, async () => {
    const balance = await customer.balance();
    const payment = await begin(customer, '50');
    const held = (await staffHeld()).length;
    const answer = await notify(world, await notification(world, payment, changes));
    assert.equal(answer.text, 'success', 'taken in: sending it again would change nothing');
    assert.equal(await stateOf(customer, payment), 'held');
    assert.equal(await customer.balance(), balance);
    assert.equal(await credits(payment.id), 0);
    const shown = await staffHeld();
    assert.equal(shown.length, held + 1);
    assert.match(shown[0]!.held_reason ?? '', reason);
    assert.equal(shown[0]!.out_trade_no, payment.out_trade_no);
    // The right one afterwards changes nothing: it is for staff to decide.
    await notify(world, await notification(world, payment));
    assert.equal(await stateOf(customer, payment), 'held');
    assert.equal(await customer.balance(), balance);
  });
}

async function staffHeld() {
  const login = world.server.logins.find(({ role }) => role === 'staff')!;
  const staff = apiClient(world.url);
  await ok(
    staff.POST('/api/v1/staff/auth/sign-in', { body: { email: login.email, password: login.password } }),
  );
  const { payments_held } = await ok(staff.GET('/api/v1/staff/overview'));
  const { items } = await ok(staff.GET('/api/v1/staff/payments', { params: { query: { state: 'held' } } }));
  assert.equal(items.length, payments_held);
  return items;
}

test('F39 bad signature, tampered body, missing sign, unsigned: refused, nothing changes', async () => {
  const payment = await begin(customer, '60');
  const good = await notification(world, payment);
  const { sign, sign_type, ...unsigned } = good;
  const foreign = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({
    type: 'pkcs8',
    format: 'pem',
  });
  const merchantSigned = { ...unsigned, sign_type: 'RSA2', sign: rsa2('', String(foreign)) };
  const forgeries: [string, Record<string, string> | string, string?][] = [
    ['signed by another key', await notification(world, payment, {}, String(foreign))],
    ['signature of nothing', merchantSigned],
    ['amount changed', { ...good, total_amount: '60000.00' }],
    ['number changed', { ...good, out_trade_no: `${payment.out_trade_no}1` }],
    ['a field more', { ...good, fund_bill_list: '[]' }],
    ['sign missing', { ...unsigned, sign_type: 'RSA2' }],
    ['sign empty', { ...good, sign: '' }],
    ['sign not base64', { ...good, sign: `${sign} ` }],
    ['SHA-1', { ...good, sign_type: 'RSA' }],
    ['sign type missing', { ...unsigned, sign: sign! }],
    ['unsigned', unsigned],
    ['empty', ''],
    ['amount twice', `${new URLSearchParams(good)}&total_amount=60000.00`],
    ['JSON that lies', JSON.stringify({ ...good, total_amount: 60000 }), 'application/json'],
    ['broken JSON', '{', 'application/json'],
    ['another type', 'x', 'text/plain'],
    ['polluted', { ...unsigned, __proto__: 'x', constructor: 'x', sign_type: 'RSA2', sign: sign! }],
  ];
  assert.equal(sign_type, 'RSA2');
  const before = await made(world);
  for (const [what, body, type] of forgeries) {
    const answer = await notify(world, body, type);
    assert.ok(answer.status >= 400 && answer.status < 500, `${what}: ${answer.status}`);
    assert.doesNotMatch(answer.text, /success/, what);
  }
  assert.deepEqual(await made(world), before);
  assert.equal(await stateOf(customer, payment), 'pending');
  assert.equal((await notify(world, good)).text, 'success', 'and the true one is still taken');
  assert.equal(await stateOf(customer, payment), 'paid');
});

test('F38 truly signed and paid, but it names no payment of ours: held and alarmed, once', async () => {
  const stranger = { id: '', out_trade_no: '2026030299999999', pay_url: '', amount: '5.00' };
  const unpaid = await notification(world, stranger, { trade_status: 'WAIT_BUYER_PAY' });
  const before = await made(world);
  assert.equal((await notify(world, unpaid)).text, 'fail', 'nothing was paid, and it isn’t ours');
  assert.deepEqual(await made(world), before);
  const { db } = world.server.house;
  const alarms = await heldPayments(db, 'lantian');
  const body = await notification(world, stranger);
  for (const _ of [1, 2]) assert.equal((await notify(world, body)).text, 'success');
  assert.equal(await heldPayments(db, 'lantian'), alarms + 1);
  const held = await db
    .selectFrom('payments_held')
    .selectAll()
    .where('out_trade_no', '=', stranger.out_trade_no)
    .executeTakeFirstOrThrow();
  assert.deepEqual(
    [held.kind, held.state, held.booked_micro, held.payment_id],
    ['orphan', 'open', 5_000_000n, null],
  );
  assert.deepEqual(await ledgerCheck(db), { sum: 0n, drift: 0n });
});

test('F39 the signed return to our page credits nothing: it is no notification', async () => {
  const { faults } = world.server.alipaySandbox!;
  const balance = await customer.balance();
  const payment = await begin(customer, '2');
  faults.drop = true;
  try {
    const back = await payAtSandbox(payment.pay_url);
    const fields = Object.fromEntries(new URL(back!).searchParams);
    assert.equal((await notify(world, fields)).text, 'fail');
    assert.equal(await customer.balance(), balance);
  } finally {
    faults.drop = false;
  }
});

test('F40 a true notification replayed days later, or overtaken by an older state: no effect', async () => {
  // What the tests before left unsettled is settled first.
  await world.advanceTo(addMinutes(world.clock.now(), 60));
  const payment = await begin(customer, '7');
  const waiting = await notification(world, payment, { trade_status: 'WAIT_BUYER_PAY' });
  const closed = await notification(world, payment, { trade_status: 'TRADE_CLOSED' });
  const paid = await notification(world, payment);
  assert.equal((await notify(world, waiting)).text, 'success');
  assert.equal(await stateOf(customer, payment), 'pending');
  assert.equal((await notify(world, paid)).text, 'success');
  const balance = await customer.balance();
  await world.advanceTo(addDays(world.clock.now(), 3, 'Asia/Shanghai'));
  for (const body of [paid, waiting, closed, paid])
    assert.equal((await notify(world, body)).text, 'success', 'acknowledged, so that it stops');
  await customer.stayIn(world.clock.now());
  assert.equal(await customer.balance(), balance);
  assert.equal(await stateOf(customer, payment), 'paid');
  assert.equal(await credits(payment.id), 1);
  assert.deepEqual(await ledgerCheck(world.server.house.db), { sum: 0n, drift: 0n });
});

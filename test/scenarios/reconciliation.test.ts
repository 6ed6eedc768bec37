import assert from 'node:assert/strict';
import { afterEach, before, test } from 'node:test';
import type { AlipaySandbox } from '#drivers/alipay/sandbox.ts';
import { addDays, addMinutes, naturalDay } from '#kernel/time.ts';
import { heldPayments } from '#modules/payments/index.ts';
import { findingsOpen } from '#modules/reconciliation/index.ts';
import { type Api, ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { books, refusedBy, staffOf, yuan } from '../support/money.ts';
import { paymentOf, payOnly, refund } from '../support/payments.ts';
import { readyCustomer, testWorld } from '../support/world.ts';

/** Each day the channel's bill of the day before is compared with our books. */

const ZONE = 'Asia/Shanghai';
let world: World;
let customer: StoryCustomer;
let staff: Api;
let sandbox: AlipaySandbox;

before(async () => {
  world = await testWorld({ seed: true });
  customer = await readyCustomer(world, null);
  sandbox = world.server.alipaySandbox!;
  staff = await staffOf(world);
});
afterEach(() => {
  Object.assign(sandbox.faults, { bill: null, drop: false, status500: false });
});

/** To `hour` o'clock of the next day. */
async function tomorrow(hour: number): Promise<void> {
  const day = naturalDay(addDays(world.clock.now(), 1, ZONE), ZONE);
  await world.advanceTo(new Date(`${day}T${String(hour).padStart(2, '0')}:05:00+08:00`));
  await customer.stayIn(world.clock.now());
  staff = await staffOf(world);
}

async function days() {
  return (await ok(staff.GET('/api/v1/staff/reconciliations'))).items;
}

async function newest() {
  const [day] = await days();
  return ok(staff.GET('/api/v1/staff/reconciliations/{id}', { params: { path: { id: day!.id } } }));
}

const open = (day: Awaited<ReturnType<typeof newest>>) =>
  day.findings.filter(({ state }) => state === 'open').map(({ kind, number }) => [kind, number]);

async function again(id: string): Promise<void> {
  await ok(staff.POST('/api/v1/staff/reconciliations/{id}/run', { params: { path: { id } } }));
  await world.drain();
}

test('a day that agrees: every line matched, the channel’s fee in the ledger once, however often it is looked at', async () => {
  await customer.topUp('100');
  const second = await customer.topUp('50');
  await refund(world, { paymentId: second, amount: yuan('20') });
  await world.drain();
  await tomorrow(9);
  assert.deepEqual(await days(), [], 'the bill is there from ten');
  await world.advanceTo(addMinutes(world.clock.now(), 60));
  const day = await newest();
  assert.deepEqual(
    [day.channel, day.day, day.state, day.trades, day.matched, day.open],
    ['alipay', '2026-03-02', 'compared', 3, 3, 0],
  );
  assert.deepEqual([day.paid, day.refunded, day.fee], ['150.00', '20.00', '0.90']);
  assert.equal((await books(world)).channel_fee, -yuan('0.90'));
  const before = await books(world);
  await again(day.id);
  assert.deepEqual(await newest(), { ...day, compared_at: (await newest()).compared_at });
  assert.deepEqual(await books(world), before);
});

test('in the bill and not credited here: the channel is asked, and it is credited', async () => {
  sandbox.faults.drop = true;
  const balance = Number(await customer.balance());
  const begun = await payOnly(customer, '30');
  // Neither the notification came, nor could the channel be asked; only the bill shows it.
  await world.server.house.db
    .updateTable('payments_payment')
    .set({ query_at: null, state: 'closed' })
    .where('id', '=', begun.id)
    .execute();
  await tomorrow(10);
  assert.equal((await paymentOf(customer, begun.id)).state, 'paid');
  assert.equal(Number(await customer.balance()), balance + 30);
  const seen = await newest();
  assert.deepEqual(
    seen.findings.map(({ kind, number, payment_id }) => [kind, number, payment_id]),
    [['uncredited', begun.out_trade_no, begun.id]],
  );
  await world.advanceTo(addMinutes(world.clock.now(), 40));
  assert.equal((await newest()).findings[0]!.state, 'resolved', 'a later look finds that it agrees');
});

test('not ours, missing there, amounts and refunds that differ: each found once, with what to do', async () => {
  const lost = await customer.topUp('11');
  const changed = await customer.topUp('22');
  const refunded = await customer.topUp('44');
  await refund(world, { paymentId: refunded, amount: yuan('4') });
  await world.drain();
  const numberOf = async (id: string) => (await paymentOf(customer, id)).out_trade_no;
  const [lostNumber, changedNumber] = [await numberOf(lost), await numberOf(changed)];
  sandbox.faults.bill = (rows) => {
    const kept = rows.filter((row) => row.outTradeNo !== lostNumber);
    const model = kept.find((row) => row.kind === 'payment')!;
    const away = kept.find((row) => row.kind === 'refund')!;
    return [
      ...kept
        .filter((row) => row !== away)
        .map((row) => (row.outTradeNo === changedNumber ? { ...row, fen: 2_100n, feeFen: 50n } : row)),
      { ...away, outRefundNo: 'byhand9' },
      { ...model, outTradeNo: 'NOBODYS1', tradeNo: '2026030322001400000000000001', fen: 700n, feeFen: 4n },
    ];
  };
  const alarms = await heldPayments(world.server.house.db, 'lantian');
  await tomorrow(10);
  const day = await newest();
  const kinds = open(day)
    .map(([kind]) => kind)
    .sort();
  assert.deepEqual(kinds, [
    'amount-differs',
    'fee-high',
    'missing-there',
    'not-ours',
    'refund-missing-there',
    'refund-not-ours',
  ]);
  for (const { title, remedy } of day.findings) assert.ok(title.length > 3 && remedy.length > 3);
  const differs = day.findings.find(({ kind }) => kind === 'amount-differs')!;
  assert.deepEqual([differs.number, differs.ours, differs.theirs], [changedNumber, '22.00', '21.00']);
  const { db } = world.server.house;
  assert.equal(await heldPayments(db, 'lantian'), alarms + 2, 'what nobody knows is held');
  assert.equal((await books(world)).payment_held, yuan('7'));
  assert.equal(await findingsOpen(db, 'lantian'), day.open);
  await again(day.id);
  assert.deepEqual(open(await newest()), open(day), 'the same findings, not others');
  assert.equal(await heldPayments(db, 'lantian'), alarms + 2);

  const missing = day.findings.find(({ kind }) => kind === 'missing-there')!;
  const path = { id: missing.id };
  const says = await ok(staff.POST('/api/v1/staff/reconciliation-findings/{id}/ask', { params: { path } }));
  assert.deepEqual(says, { state: 'paid', amount: '11.00' });
  await world.drain();
  const explain = (id: string) =>
    ok(
      staff.POST('/api/v1/staff/reconciliation-findings/{id}/explain', {
        params: { path: { id } },
        body: { reason: '渠道确认次日补单' },
      }),
    );
  await explain(missing.id);
  await assert.rejects(explain(missing.id), refusedBy('finding-ended'));
  sandbox.faults.bill = null;
  await again(day.id);
  const last = await newest();
  assert.deepEqual(open(last), [], 'all agrees with the true bill');
  assert.equal(last.findings.find(({ id }) => id === missing.id)!.state, 'explained');
  assert.equal(last.fee, '0.46');
  assert.equal(
    (await books(world)).channel_fee,
    -yuan('0.90') - yuan('0.18') - yuan('0.46'),
    'the fee follows the bill',
  );
});

test('a bill that isn’t there is asked for until it is', async () => {
  await customer.topUp('5');
  sandbox.faults.status500 = true;
  await tomorrow(11);
  const waiting = await newest();
  assert.deepEqual([waiting.state, waiting.matched], ['waiting', 0]);
  assert.ok(waiting.last_error);
  sandbox.faults.status500 = false;
  await world.advanceTo(addMinutes(world.clock.now(), 31));
  const day = await newest();
  assert.deepEqual([day.id, day.state, day.matched, day.last_error], [waiting.id, 'compared', 1, null]);
});

test('days that nobody looked at while we were down are made up for, each once', async () => {
  await customer.topUp('6');
  const before = (await days()).length;
  world.clock.moveTo(addDays(world.clock.now(), 4, ZONE));
  await world.advanceTo(addMinutes(world.clock.now(), 1));
  staff = await staffOf(world);
  const all = await days();
  assert.equal(all.length, before + 4);
  assert.deepEqual(
    all.map(({ day }) => day),
    [...new Set(all.map(({ day }) => day))].sort().reverse(),
  );
  assert.ok(all.every(({ state, open }) => state === 'compared' && open === 0));
});

import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { addDays, addMinutes } from '#kernel/time.ts';
import { balances, ledgerCheck } from '#modules/ledger/index.ts';
import { ApiProblem, ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { decideNewest, type StaffApi, staffMember } from '../support/staff.ts';
import { readyCustomer, testWorld } from '../support/world.ts';

/** 账户提现 (亚云 3.1.1): cash alone, back the way it came, the rest to a verified account; two staff above a limit. */

const YUAN = 1_000_000n;
let world: World;
let site: string;
let one: StaffApi;
let two: StaffApi;
let customer: StoryCustomer;

const problem = (code: string) => (error: unknown) =>
  error instanceof ApiProblem ? error.code === code || assert.fail(`${error.code}, not ${code}`) : false;

before(async () => {
  world = await testWorld();
  const { brands } = world.server.house;
  site = brands.url(brands.get('asiayun'), world.url);
  one = await staffMember(world, 'one', site);
  two = await staffMember(world, 'two', site);
});

beforeEach(async () => {
  customer = new StoryCustomer(site);
  await customer.getReady('80');
});

async function customerId(): Promise<string> {
  return (await ok(customer.api.GET('/api/v1/auth/session'))).customer.id;
}

async function books() {
  assert.deepEqual(await ledgerCheck(world.server.house.db), { sum: 0n, drift: 0n });
  return balances(world.server.house.db, 'asiayun', await customerId());
}

async function withdraw(amount: string): Promise<string> {
  return (await ok(customer.api.POST('/api/v1/funds/withdrawals', { body: { amount } }))).id;
}

async function withdrawal(id: string) {
  const { items } = await ok(customer.api.GET('/api/v1/funds/withdrawals'));
  return items.find((item) => item.id === id)!;
}

function decide(id: string, approve: boolean, reason = 'as asked for') {
  const params = { path: { id } };
  return ok(one.POST('/api/v1/staff/withdrawals/{id}/decision', { params, body: { approve, reason } }));
}

async function mails(about: RegExp): Promise<number> {
  const { items } = await ok(customer.api.GET('/api/v1/dev/mailbox'));
  return items.filter(({ to, subject }) => to === customer.email && about.test(subject)).length;
}

/** An account that staff looked at. */
async function verifiedAccount(): Promise<string> {
  const { id } = await ok(
    customer.api.POST('/api/v1/funds/bank-accounts', {
      body: { holder: '张三', bank: '招商银行上海分行', number: '6225 8801 2345 6789' },
    }),
  );
  const params = { path: { id } };
  const body = { verified: true, reason: 'name agrees' };
  await ok(one.POST('/api/v1/staff/bank-accounts/{id}/decision', { params, body }));
  return id;
}

test('[asiayun 3.1.1] it is set aside at once, goes back with the payment that it came with, and is told', async () => {
  const id = await withdraw('30');
  assert.equal(await customer.balance(), '50.00');
  assert.equal((await withdrawal(id)).state, 'requested');
  await decide(id, true);
  await world.drain();
  const settled = await withdrawal(id);
  assert.equal(settled.state, 'settled');
  assert.deepEqual(
    settled.parts.map(({ amount, state, bank_account_id }) => ({ amount, state, bank_account_id })),
    [{ amount: '30.00', state: 'paid', bank_account_id: null }],
  );
  assert.equal((await books()).cash, 50n * YUAN);
  assert.equal(await mails(/提现 T\d+ 已付出 30.00 元/), 1);
});

test('no more than there is in cash; nothing, negative and half a fen are refused', async () => {
  await assert.rejects(withdraw('80.01'), problem('insufficient-balance'));
  for (const amount of ['0', '-5', '1e3', '1,00', '0.001', 'NaN'])
    await assert.rejects(withdraw(amount), problem('invalid-input'));
  assert.equal(await customer.balance(), '80.00');
});

test('one at a time, also when two are asked for at once', async () => {
  const results = await Promise.allSettled([withdraw('10'), withdraw('10'), withdraw('10')]);
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 1);
  assert.equal(await customer.balance(), '70.00');
});

test('the customer may take it back while nobody has dealt with it, and not afterwards', async () => {
  const cancel = (id: string) =>
    ok(customer.api.DELETE('/api/v1/funds/withdrawals/{id}', { params: { path: { id } } }));
  const first = await withdraw('30');
  await cancel(first);
  assert.equal(await customer.balance(), '80.00');
  const second = await withdraw('30');
  await decide(second, true);
  await assert.rejects(cancel(second), problem('withdrawal-over'));
});

test('refused by staff it comes back, with the reason', async () => {
  const id = await withdraw('30');
  await decide(id, false, '资料不符');
  assert.equal(await customer.balance(), '80.00');
  assert.deepEqual(
    [(await withdrawal(id)).state, (await withdrawal(id)).decision_reason],
    ['refused', '资料不符'],
  );
  await assert.rejects(decide(id, true), problem('withdrawal-over'));
});

test('[lantian 5.4] 蓝天云 pays no balance out: refused, citing 5.4', async () => {
  const lantian = await readyCustomer(world, '50');
  const asked = ok(lantian.api.POST('/api/v1/funds/withdrawals', { body: { amount: '10' } }));
  await assert.rejects(asked, (error) => {
    assert.ok(error instanceof ApiProblem);
    assert.equal(error.code, 'withdrawal-not-agreed');
    assert.equal((error.body.clause as { id: string }).id, '5.4');
    return true;
  });
  assert.equal(await lantian.balance(), '50.00');
});

test('above the limit a second member of the staff has to agree, and never the same one', async () => {
  await customer.topUp('2000');
  const id = await withdraw('1500');
  await decide(id, true);
  assert.equal((await withdrawal(id)).state, 'approving');
  await assert.rejects(decideNewest(one, true), problem('approval-own'));
  await world.drain();
  assert.equal((await withdrawal(id)).state, 'approving', 'nothing has left');
  await decideNewest(two, true);
  await world.drain();
  assert.equal((await withdrawal(id)).state, 'settled');
  assert.equal((await books()).cash, 580n * YUAN);
});

test('a large sum in small parts takes a second member of the staff too, for a day', async () => {
  await customer.topUp('2000');
  const first = await withdraw('700');
  await decide(first, true);
  await world.drain();
  assert.equal((await withdrawal(first)).state, 'settled', 'one is enough for it');
  const second = await withdraw('400');
  await decide(second, true);
  assert.equal((await withdrawal(second)).state, 'approving');
  await decideNewest(two, false);
  world.clock.moveTo(addDays(world.clock.now(), 2, 'Asia/Shanghai'));
  one = await staffMember(world, 'one-in-two-days', site);
  two = await staffMember(world, 'two-in-two-days', site);
  await decide(second, true);
  await world.drain();
  assert.equal((await withdrawal(second)).state, 'settled', 'by itself it is small');
});

test('refused by the second one, or answered by nobody in a day, it waits for staff again', async () => {
  await customer.topUp('2000');
  const id = await withdraw('1500');
  await decide(id, true);
  await decideNewest(two, false);
  assert.equal((await withdrawal(id)).state, 'requested');
  await decide(id, true);
  await world.advanceTo(addDays(world.clock.now(), 1, 'Asia/Shanghai'));
  await customer.stayIn(world.clock.now());
  assert.equal((await withdrawal(id)).state, 'requested');
  one = await staffMember(world, 'one-next-day', site);
  two = await staffMember(world, 'two-next-day', site);
  await decide(id, false, 'nobody could look at it');
  assert.equal(await customer.balance(), '2080.00');
});

test('what is too old for its channel needs an account that staff verified; the transfer is made and noted by staff', async () => {
  world.clock.moveTo(addDays(world.clock.now(), 400, 'Asia/Shanghai'));
  await customer.stayIn(world.clock.now());
  one = await staffMember(world, 'one-later', site);
  await customer.topUp('20');
  await assert.rejects(withdraw('90'), problem('bank-account-needed'));
  assert.equal(await customer.balance(), '100.00');
  const account = await verifiedAccount();
  const id = await withdraw('90');
  await decide(id, true);
  await world.drain();
  const [toChannel, toBank] = (await withdrawal(id)).parts.sort((a, b) => a.amount.localeCompare(b.amount));
  assert.deepEqual([toChannel?.amount, toChannel?.state], ['20.00', 'paid']);
  assert.deepEqual([toBank?.amount, toBank?.state, toBank?.bank_account_id], ['70.00', 'sending', account]);
  const revealed = await ok(
    one.POST('/api/v1/staff/bank-accounts/{id}/reveal', { params: { path: { id: account } } }),
  );
  assert.equal(revealed.number, '6225880123456789');
  await ok(
    one.POST('/api/v1/staff/withdrawals/{id}/parts/{part_id}/result', {
      params: { path: { id, part_id: toBank!.id } },
      body: { bank_reference: 'CMB20270405001' },
    }),
  );
  assert.equal((await withdrawal(id)).state, 'settled');
  assert.equal((await books()).cash, 10n * YUAN);
});

test('a transfer that failed comes back to the balance', async () => {
  const account = await verifiedAccount();
  world.clock.moveTo(addDays(world.clock.now(), 400, 'Asia/Shanghai'));
  await customer.stayIn(world.clock.now());
  one = await staffMember(world, 'one-much-later', site);
  const id = await withdraw('40');
  await decide(id, true);
  const [part] = (await withdrawal(id)).parts;
  assert.equal(part?.bank_account_id, account);
  await ok(
    one.POST('/api/v1/staff/withdrawals/{id}/parts/{part_id}/result', {
      params: { path: { id, part_id: part!.id } },
      body: { failure: '户名不符' },
    }),
  );
  assert.equal((await withdrawal(id)).state, 'settled');
  assert.equal(await customer.balance(), '80.00');
  assert.equal(await mails(/40.00 元未能付出/), 1);
});

test('[asiayun 6.3] an account number is nowhere in the database, and its end is all that is shown', async () => {
  await verifiedAccount();
  const { items } = await ok(customer.api.GET('/api/v1/funds/bank-accounts'));
  assert.deepEqual([items[0]?.number_end, items[0]?.state], ['6789', 'verified']);
  assert.doesNotMatch(JSON.stringify(items), /6225880|张三/);
  const rows = await world.server.house.db.selectFrom('funds_bank_account').selectAll().execute();
  for (const row of rows) assert.doesNotMatch(JSON.stringify(row), /62258801/);
});

test('a session left open takes no money out, and names no account for it, until its person shows who it is', async () => {
  await world.advanceTo(addMinutes(world.clock.now(), 16));
  await assert.rejects(withdraw('30'), problem('prove-again'));
  await assert.rejects(verifiedAccount(), problem('prove-again'));
  assert.equal(await customer.balance(), '80.00');
  const body = { by: 'password' as const, password: customer.password };
  await ok(customer.api.POST('/api/v1/auth/prove', { body }));
  await verifiedAccount();
  assert.equal((await withdrawal(await withdraw('30'))).state, 'requested');
  assert.equal(await customer.balance(), '50.00');
});

import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { addDays, addMinutes } from '#kernel/time.ts';
import { balances, ledgerCheck } from '#modules/ledger/index.ts';
import { ApiProblem, ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { decideNewest, type StaffApi, staffMember } from '../support/staff.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

/** Freezing of money and the appeal against it (亚云 5.4). */

const YUAN = 1_000_000n;
let world: World;
let site: string;
let one: StaffApi;
let two: StaffApi;
let customer: StoryCustomer;
let id: string;

const problem = (code: string) => (error: unknown) =>
  error instanceof ApiProblem ? error.code === code || assert.fail(`${error.code}, not ${code}`) : false;

before(async () => {
  world = await testWorld();
  const { brands } = world.server.house;
  site = brands.url(brands.get('asiayun'), world.url);
});

beforeEach(async (t) => {
  customer = new StoryCustomer(site);
  await customer.getReady('80');
  id = (await ok(customer.api.GET('/api/v1/auth/session'))).customer.id;
  const name = String(t.name.length) + String(world.clock.now().getTime());
  one = await staffMember(world, `one${name}`, site);
  two = await staffMember(world, `two${name}`, site);
});

function freeze(amount: string | null, reason = '5.4.3', of = id) {
  return ok(
    one.POST('/api/v1/staff/customers/{id}/freezes', {
      params: { path: { id: of } },
      body: { amount, reason, explanation: '短时间内多次异常充值' },
    }),
  );
}

function outcome(freezeId: string, what: 'lift' | 'hold' | 'return', by = one) {
  const params = { path: { id: freezeId } };
  return ok(
    by.POST('/api/v1/staff/freezes/{id}/outcome', { params, body: { outcome: what, reason: '已核实' } }),
  );
}

function appeal(freezeId: string) {
  const params = { path: { id: freezeId } };
  return ok(
    customer.api.POST('/api/v1/funds/freezes/{id}/appeal', { params, body: { text: '是公司统一充值' } }),
  );
}

async function state(): Promise<string> {
  return (await ok(customer.api.GET('/api/v1/funds/freezes'))).items[0]!.state;
}

async function books() {
  assert.deepEqual(await ledgerCheck(world.server.house.db), { sum: 0n, drift: 0n });
  const { cash, frozen } = await balances(world.server.house.db, 'asiayun', id);
  return [cash / YUAN, frozen / YUAN];
}

async function mails(about: RegExp) {
  const { items } = await ok(customer.api.GET('/api/v1/dev/mailbox'));
  return items.filter(({ to, subject }) => to === customer.email && about.test(subject));
}

test('[asiayun 5.4] [asiayun 5.4.3] [asiayun 5.4-appeal] a part is frozen for a reason of the terms: the rest can be used, the customer is told why and how to appeal', async () => {
  const made = await freeze('30');
  assert.deepEqual(await books(), [50n, 30n]);
  await world.drain();
  const [mail] = await mails(/有 30.00 元被冻结/);
  assert.match(mail?.body ?? '', /条款 5\.4\.3.*短时间内多次异常充值.*申诉/s);
  const event = await world.server.house.db
    .selectFrom('audit_event')
    .selectAll()
    .where('subject_id', '=', made.id)
    .executeTakeFirstOrThrow();
  assert.deepEqual([event.action, event.clause_id, event.notices.length], ['funds.frozen', '5.4', 1]);
  // Frozen money buys nothing.
  const order = (plan: string) => customer.order({ plan, region: 'hk', access: PASSWORD_ACCESS });
  const { products } = await ok(customer.api.GET('/api/v1/catalogue'));
  const plans = products.flatMap((product) => product.plans);
  const dear = plans.find((plan) => Number(plan.price) > 50 && Number(plan.price) <= 80);
  if (dear) await assert.rejects(order(dear.id), problem('insufficient-balance'));
});

test('[asiayun 5.4] the whole is all that is there; more than there is, another reason, another brand’s terms are refused', async () => {
  await assert.rejects(freeze('80.01'), problem('freeze-above-balance'));
  await assert.rejects(freeze('10', '4.2'), problem('freeze-reason-unknown'));
  await freeze(null);
  assert.deepEqual(await books(), [0n, 80n]);
  await assert.rejects(freeze(null), problem('freeze-above-balance'));
  const lantian = await readyCustomer(world, '50');
  const { customer: other } = await ok(lantian.api.GET('/api/v1/auth/session'));
  await assert.rejects(freeze('10', '5.4.3', other.id), problem('not-found'));
});

test('100 freezes and spends at once: never more than there is', async () => {
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => freeze('10')));
  assert.equal(results.filter(({ status }) => status === 'fulfilled').length, 8);
  assert.deepEqual(await books(), [0n, 80n]);
});

test('[asiayun 5.4-appeal] an appeal that is granted lifts it at once', async () => {
  const made = await freeze('30');
  await appeal(made.id);
  assert.equal(await state(), 'appealed');
  await assert.rejects(appeal(made.id), problem('appeal-too-late'));
  await outcome(made.id, 'lift');
  assert.deepEqual(await books(), [80n, 0n]);
  assert.equal(await state(), 'lifted');
  await assert.rejects(outcome(made.id, 'lift'), problem('freeze-outcome-impossible'));
  await world.drain();
  assert.equal((await mails(/30.00 元已解冻/)).length, 1);
});

test('[asiayun 5.4] [asiayun 5.4-appeal] before the customer could be heard it can only be lifted; without an appeal in time it is held on by itself', async () => {
  const made = await freeze('30');
  await assert.rejects(outcome(made.id, 'hold'), problem('freeze-outcome-impossible'));
  await assert.rejects(outcome(made.id, 'return'), problem('freeze-outcome-impossible'));
  const until = addDays(world.clock.now(), 15, 'Asia/Shanghai');
  await world.advanceTo(addMinutes(until, -1));
  assert.equal(await state(), 'frozen');
  await world.advanceTo(until);
  assert.equal(await state(), 'held');
  await assert.rejects(appeal(made.id), problem('appeal-too-late'));
  assert.deepEqual(await books(), [50n, 30n]);
  await outcome(made.id, 'lift', await staffMember(world, 'fifteen-days-later', site));
  assert.deepEqual(await books(), [80n, 0n]);
});

test('[asiayun 5.4-appeal] back to its source takes two of the staff: the same one can’t, the other one sends it the way it came', async () => {
  const made = await freeze('30');
  await appeal(made.id);
  await outcome(made.id, 'hold');
  await outcome(made.id, 'return');
  assert.deepEqual(await books(), [50n, 30n]);
  await assert.rejects(decideNewest(one, true), problem('approval-own'));
  await decideNewest(two, true);
  await world.drain();
  assert.equal(await state(), 'returned');
  assert.deepEqual(await books(), [50n, 0n]);
  const { items } = await ok(customer.api.GET('/api/v1/funds/withdrawals'));
  assert.deepEqual([items[0]?.state, items[0]?.from_freeze, items[0]?.amount], ['settled', true, '30.00']);
});

test('what could not be sent back is frozen as before, and staff decide on it anew', async () => {
  const { id: account } = await ok(
    customer.api.POST('/api/v1/funds/bank-accounts', {
      body: { holder: '张三', bank: '招商银行', number: '6225880123456789' },
    }),
  );
  // Too old for its channel, so that it goes to the account.
  world.clock.moveTo(addDays(world.clock.now(), 400, 'Asia/Shanghai'));
  await customer.stayIn(world.clock.now());
  one = await staffMember(world, 'one-in-a-year', site);
  two = await staffMember(world, 'two-in-a-year', site);
  const verified = { params: { path: { id: account } }, body: { verified: true, reason: 'name agrees' } };
  await ok(one.POST('/api/v1/staff/bank-accounts/{id}/decision', verified));
  const made = await freeze('30');
  await appeal(made.id);
  await outcome(made.id, 'return');
  await decideNewest(two, true);
  const { items } = await ok(customer.api.GET('/api/v1/funds/withdrawals'));
  const path = { id: items[0]!.id, part_id: items[0]!.parts[0]!.id };
  await ok(
    one.POST('/api/v1/staff/withdrawals/{id}/parts/{part_id}/result', {
      params: { path },
      body: { failure: '户名不符' },
    }),
  );
  assert.deepEqual(await books(), [50n, 30n]);
  const [again, before] = (await ok(customer.api.GET('/api/v1/funds/freezes'))).items;
  assert.deepEqual([again?.state, again?.amount, before?.state], ['held', '30.00', 'returned']);
  await outcome(again!.id, 'lift');
  assert.deepEqual(await books(), [80n, 0n]);
});

test('somebody else’s freeze doesn’t exist', async () => {
  const made = await freeze('30');
  const other = new StoryCustomer(site);
  await other.getReady(null);
  const params = { path: { id: made.id } };
  const asked = ok(other.api.POST('/api/v1/funds/freezes/{id}/appeal', { params, body: { text: 'mine' } }));
  await assert.rejects(asked, problem('not-found'));
});

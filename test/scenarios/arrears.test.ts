import assert from 'node:assert/strict';
import { afterEach, before, beforeEach, test } from 'node:test';
import { addDays, addMinutes, naturalDaysBetween, nextMidnight } from '#kernel/time.ts';
import { ledgerCheck } from '#modules/ledger/index.ts';
import { ApiProblem, ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { accountOf, actsOf, noticesOf, STORE, stateOf } from '../support/arrears.ts';
import { BRAND, event, type Lab, labBrands, labOf, ZONE } from '../support/metering.ts';
import { testWorld } from '../support/world.ts';

/** An account that pays by use and whose balance runs out: warned, frozen, and what follows (七牛云 7.1, 7.2, 7.4, 4.3). */

let world: World;
let lab: Lab;
let me: StoryCustomer;
let bucket = 0;
let name: string;

before(async () => {
  world = await testWorld({
    start: new Date('2026-03-01T16:00:00Z'),
    brandsDir: await labBrands([STORE]),
    seed: true,
  });
});

beforeEach(async () => {
  await world.advanceTo(nextMidnight(world.clock.now(), ZONE));
  me = new StoryCustomer(world.url);
  await me.getReady('45');
  lab = await labOf(world, me, world.url);
  name = `bucket-${++bucket}`;
  await lab.open(name, 'store');
});

/** What nobody looks at any more needn't be measured by the hour. */
afterEach(async () => {
  if ((await state()).state !== 'ended') await lab.close(name, 'store');
});

const state = () => stateOf(world, BRAND, lab.customerId);
const acts = (actions: RegExp) => actsOf(world, lab.customerId, actions);
const notices = (kinds: RegExp) => noticesOf(world, lab.customerId, kinds);

async function days(count: number): Promise<void> {
  const to = addDays(world.clock.now(), count, ZONE);
  await world.advanceTo(to);
  await me.stayIn(to);
}

/** From now on so many units are kept: as many yuan a day. */
async function keep(units: number): Promise<void> {
  const sent = await lab.send([event('store.level', name, world.clock.now(), { units })]);
  assert.equal(sent.status, 200, JSON.stringify(sent.json));
}

/** So many calls, now: as many yuan, in one charge when the day is over. */
async function use(count: number): Promise<void> {
  const sent = await lab.send([event('store.calls', name, world.clock.now(), { count })]);
  assert.equal(sent.status, 200, JSON.stringify(sent.json));
}

async function wholeBooks(): Promise<void> {
  assert.deepEqual(await ledgerCheck(world.server.house.db), { sum: 0n, drift: 0n });
}

test('[qiniu 7.2.1] a warning when three days are left, and the freeze as soon as the balance is below what was used', async () => {
  const began = world.clock.now();
  await keep(10);
  await days(1.2);
  assert.deepEqual((await notices(/^a(rrears|ccount)/)).length, 0);
  assert.equal((await accountOf(me)).state, 'running');
  assert.equal((await accountOf(me)).per_day, '10.00');
  await days(3.2);
  const [low] = await notices(/^arrears-low$/);
  const warnedAfter = low!.created_at.getTime() - began.getTime();
  // 45 yuan at 10 a day last four and a half days: three are left after one and a half.
  assert.ok(Math.abs(warnedAfter - 1.5 * 86_400_000) <= 11 * 60_000, low!.created_at.toISOString());
  assert.match(low!.body, /7\.2\.1/);
  assert.equal((await state()).state, 'running');
  await days(0.2);
  const frozen = await state();
  assert.equal(frozen.state, 'frozen');
  const frozenAfter = frozen.since!.getTime() - began.getTime();
  assert.ok(frozenAfter >= 4.5 * 86_400_000 && frozenAfter <= 4.5 * 86_400_000 + 11 * 60_000);
  assert.deepEqual(frozen.until, addDays(frozen.since!, 30, ZONE));
  const [act] = await acts(/^account\.frozen$/);
  assert.equal(act!.clause_id, '7.2.1');
  assert.deepEqual(
    act!.notices,
    (await notices(/^(arrears-low|account-frozen)$/)).map(({ id }) => id),
    'the warning and the freeze itself',
  );
  const account = await accountOf(me);
  assert.deepEqual(
    [account.state, account.clauses.freeze.id, account.clauses.end.id],
    ['frozen', '7.2.1', '7.2.2'],
  );
  assert.equal(account.pay_until, frozen.until!.toISOString());
});

test('[qiniu 7.2.1] a burst that is known within a day freezes at once, before anything is charged; what it may cost isn’t guessed', async () => {
  await lab.send([event('store.calls', name, world.clock.now(), { count: 45 })]);
  await days(0.01);
  assert.equal((await state()).state, 'running', 'just covered');
  await lab.send([event('store.calls', name, world.clock.now(), { count: 1 })]);
  await world.advanceTo(addMinutes(world.clock.now(), 2));
  assert.equal((await state()).state, 'frozen');
  assert.equal((await accountOf(me)).to_pay, '1.00');
  assert.equal((await ok(me.api.GET('/api/v1/debts'))).owed, '0.00', 'nothing is charged yet');
});

test('[qiniu 7.2] [qiniu 7.4] frozen, what is stored is charged on by the day and owed; nothing is added before the end', async () => {
  await keep(10);
  await days(5);
  assert.equal((await state()).state, 'frozen');
  await days(4);
  const debts = (await ok(me.api.GET('/api/v1/debts'))).items.filter(({ closed_at }) => !closed_at);
  // The fifth day left 5 owing; each of the three that followed 10.
  assert.deepEqual(
    debts.map(({ amount }) => amount),
    ['10.00', '10.00', '10.00', '5.00'],
  );
  assert.deepEqual(new Set(debts.map(({ late_fee_per_day }) => late_fee_per_day)), new Set(['0.0005']));
  const billed = await acts(/^account\.billed-on$/);
  assert.ok(billed.length >= 3);
  assert.deepEqual(new Set(billed.map(({ clause_id }) => clause_id)), new Set(['7.2']));
  assert.deepEqual(new Set(debts.map(({ late_fee }) => Number(late_fee))), new Set([0]));
  await wholeBooks();
});

test('[qiniu 7.2.2] [qiniu 7.1] paid in time: unfrozen at once, the new term counted from the payment less the arrears', async () => {
  await keep(10);
  await days(8);
  const before = await accountOf(me);
  assert.equal(before.state, 'frozen');
  await me.topUp('5');
  assert.equal((await state()).state, 'frozen', 'not all is paid');
  const due = Number((await accountOf(me)).to_pay);
  assert.ok(due > 0 && due < Number(before.to_pay));
  await me.topUp('105');
  const paidAt = world.clock.now();
  const after = await accountOf(me);
  assert.equal(after.state, 'running');
  assert.equal(after.term?.from, paidAt.toISOString());
  assert.equal(after.term?.clause.id, '7.1');
  // What the payments brought less the arrears, and less what was used today and isn't charged.
  assert.ok(Math.abs(Number(after.term?.amount) - (105 - due)) <= 0.01, after.term?.amount);
  assert.equal(after.lasts_days, Math.floor((105 - due) / 10), 'the length is by amount and price');
  const [act] = await acts(/^account\.unfrozen$/);
  assert.equal(act!.clause_id, '7.2.2');
  assert.equal(act!.facts.term_clause, '7.1');
  assert.deepEqual(
    (await notices(/^account-/)).map(({ kind }) => kind),
    ['account-frozen', 'account-unfrozen'],
  );
  assert.equal((await ok(me.api.GET('/api/v1/debts'))).owed, '0.00');
  await days(2);
  assert.equal((await state()).state, 'running');
  await wholeBooks();
});

test('[qiniu 7.2.2] [qiniu 4.3] [qiniu 7.4] not paid in 30 natural days: ended, erased 30 days after, the debt stays and grows', async () => {
  await use(100);
  await days(2);
  const frozen = await state();
  assert.equal(frozen.state, 'frozen');
  await world.advanceTo(addMinutes(frozen.until!, -1));
  assert.equal((await state()).state, 'frozen', 'the last minute is still the customer’s');
  assert.deepEqual(
    (await notices(/^account-frozen-reminder$/)).map(({ created_at }) =>
      naturalDaysBetween(created_at, frozen.until!, ZONE),
    ),
    [15, 7, 3, 1],
  );
  await world.advanceTo(frozen.until!);
  await me.stayIn(frozen.until!);
  const ended = await state();
  assert.equal(ended.state, 'ended');
  assert.deepEqual(ended.since, frozen.until);
  assert.deepEqual(ended.until, addDays(ended.since!, 30, ZONE));
  const [end] = await acts(/^account\.ended$/);
  assert.equal(end!.clause_id, '7.2.2');
  assert.equal((end!.notices as string[]).length, 1 + 4, 'frozen, reminded four times');
  await keep(10);
  await days(2);
  const owed = Number((await ok(me.api.GET('/api/v1/debts'))).owed);
  const charges = (await ok(me.api.GET('/api/v1/usage/charges'))).items.length;
  await days(10);
  assert.equal(
    (await ok(me.api.GET('/api/v1/usage/charges'))).items.length,
    charges,
    'nothing is charged on',
  );
  const grown = Number((await ok(me.api.GET('/api/v1/debts'))).owed);
  const principal = (await ok(me.api.GET('/api/v1/debts'))).items
    .filter(({ closed_at }) => !closed_at)
    .reduce((sum, { amount, paid }) => sum + Number(amount) - Number(paid), 0);
  assert.equal((grown - owed).toFixed(4), (principal * 0.0005 * 10).toFixed(4));
  assert.deepEqual((await ok(me.api.GET('/api/v1/arrears/certificates'))).items, []);
  await world.advanceTo(addMinutes(ended.until!, -1));
  assert.equal((await accountOf(me)).erased_at, null);
  await world.advanceTo(ended.until!);
  await me.stayIn(ended.until!);
  const [certificate] = (await ok(me.api.GET('/api/v1/arrears/certificates'))).items;
  assert.equal(certificate?.issued_at, ended.until!.toISOString());
  assert.deepEqual([certificate?.end_clause.clause, certificate?.erase_clause.clause], ['7.2.2', '4.3']);
  assert.deepEqual(
    certificate?.erased.map(({ product, name: of, held_by, facts }) => [
      product,
      of,
      held_by,
      facts.stored_here,
    ]),
    [['store', name, null, false]],
    'nobody claims to have erased what nobody held',
  );
  const [erased] = await acts(/^account\.erased$/);
  assert.equal(erased!.clause_id, '4.3');
  await wholeBooks();
});

test('[qiniu 7.2.2] after the end money pays the debt and unfreezes nothing; who owes nothing and agrees again begins anew', async () => {
  await use(100);
  await days(2);
  await world.advanceTo((await state()).until!);
  await me.stayIn(world.clock.now());
  await days(1);
  const restart = () => ok(me.api.POST('/api/v1/arrears/restart'));
  const refusedBy = (code: string) => (error: unknown) => error instanceof ApiProblem && error.code === code;
  await assert.rejects(restart(), refusedBy('still-owing'));
  const more = () => lab.open(`${name}-more`, 'store');
  await assert.rejects(more(), { code: 'agreement-ended' }, 'no new usage of an account that has ended');
  const { owed } = await ok(me.api.GET('/api/v1/debts'));
  await me.topUp((Number(owed) + 5).toFixed(2));
  assert.equal((await state()).state, 'ended');
  assert.equal((await ok(me.api.GET('/api/v1/debts'))).owed, '0.00');
  await assert.rejects(restart(), refusedBy('agreement-ended'));
  await me.acceptTerms();
  await restart();
  assert.equal((await state()).state, 'running');
  await assert.rejects(restart(), refusedBy('nothing-ended'));
  name = `${name}-again`;
  await lab.open(name, 'store');
  await days(31);
  assert.equal(
    (await ok(me.api.GET('/api/v1/arrears/certificates'))).items.length,
    1,
    'its old data went all the same',
  );
});

test('[qiniu 7.2.1] [qiniu 7.2.2] F25 downtime shortens nobody’s days: frozen late, the thirty days begin then; missed reminders are noted', async () => {
  await keep(10);
  await days(2);
  assert.equal((await state()).state, 'running');
  // Nobody runs for ten days; the balance went below on the third of them.
  world.clock.moveTo(addDays(world.clock.now(), 10, ZONE));
  const back = world.clock.now();
  await world.advanceTo(addMinutes(back, 30));
  const frozen = await state();
  assert.equal(frozen.state, 'frozen');
  assert.ok(frozen.since! >= back);
  assert.deepEqual(frozen.until, addDays(frozen.since!, 30, ZONE));
  // Down again from the tenth day before the end to the second.
  await world.advanceTo(addDays(frozen.until!, -10, ZONE));
  world.clock.moveTo(addDays(frozen.until!, -2, ZONE));
  await world.advanceTo(addMinutes(world.clock.now(), 1));
  const [, late] = await acts(/^account\.reminded$/);
  assert.deepEqual([late!.facts.days_before, late!.facts.missed], [3, [7]]);
  assert.match((await notices(/^account-frozen-reminder$/)).at(-1)!.subject, /2 天后|in 2 days/);
  await world.advanceTo(frozen.until!);
  assert.equal((await state()).state, 'ended');
  assert.equal((await acts(/^account\.ended$/)).length, 1);
  assert.equal((await acts(/^account\.frozen$/)).length, 1);
});

test('[qiniu 7.2.2] F25 paid while nobody ran, and credited before the end was carried out: in time', async () => {
  await use(100);
  await days(2);
  const { until } = await state();
  world.clock.moveTo(addDays(until!, 3, ZONE));
  await me.stayIn(world.clock.now());
  await me.topUp('5000');
  assert.equal((await state()).state, 'running');
  await days(1);
  assert.equal((await state()).state, 'running');
  assert.equal((await acts(/^account\.ended$/)).length, 0);
});

test('a customer whose terms know no freezing, or who never used anything, has no account to look at', async () => {
  const other = new StoryCustomer(world.url);
  await other.getReady('1');
  assert.equal((await accountOf(other)).state, 'running');
  assert.equal((await accountOf(other)).lasts_days, null);
});

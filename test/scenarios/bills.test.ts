import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { addDays, addMinutes, nextMidnight } from '#kernel/time.ts';
import { numberGaps } from '#modules/invoicing/index.ts';
import { ledgerCheck } from '#modules/ledger/index.ts';
import { ApiProblem, ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { actsOf, noticesOf } from '../support/arrears.ts';
import { decideNewest, type StaffApi, staffMember } from '../support/staff.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** The next period by a bill that is paid later (云服务器 S3.2): issued, due, overdue, ended; and who may have one. */

const BRAND = 'yunfuwuqi';
const ZONE = 'Asia/Shanghai';
const PLAN = { plan: 'cs-1', region: 'sg', access: PASSWORD_ACCESS };

let world: World;
let staff: StaffApi;
let me: StoryCustomer;
let customerId: string;
let service: string;
let clerks = 0;

before(async () => {
  world = await testWorld({ start: new Date('2026-03-02T02:00:00Z') });
});

const site = () => world.server.house.brands.url(world.server.house.brands.get(BRAND), world.url);

/** A customer with one server, paid for a month, and nothing left; ten days before its end. */
beforeEach(async () => {
  staff = await staffMember(world, `credit-${++clerks}`, site());
  me = new StoryCustomer(site());
  await me.getReady('25');
  customerId = (await ok(me.api.GET('/api/v1/auth/session'))).customer.id;
  service = await me.order(PLAN);
  await me.until(service, ({ state }) => state === 'active');
});

const allow = (limit: string) =>
  ok(
    staff.PUT('/api/v1/staff/customers/{id}/credit', {
      params: { path: { id: customerId } },
      body: { limit, reason: '老客户' },
    }),
  );
const choose = (months: number | null) =>
  ok(
    me.api.PUT('/api/v1/services/{id}/bill-renewal', { params: { path: { id: service } }, body: { months } }),
  );
const bills = async () => (await ok(me.api.GET('/api/v1/bills'))).items;
const bill = async () => (await bills())[0]!;
const pay = async () => {
  const { id } = await bill();
  return ok(me.api.POST('/api/v1/bills/{id}/pay', { params: { path: { id } } }));
};
const acts = (actions: RegExp) => actsOf(world, customerId, actions);
const notices = (kinds: RegExp) => noticesOf(world, customerId, kinds);
const refusedBy = (code: string) => (error: unknown) => error instanceof ApiProblem && error.code === code;

async function until(instant: Date): Promise<void> {
  await world.advanceTo(instant);
  await me.stayIn(instant);
}

async function machine() {
  const row = await world.server.house.db
    .selectFrom('lifecycle_service')
    .select(['state', 'holds', 'period_end', 'renew_by'])
    .where('id', '=', service)
    .executeTakeFirstOrThrow();
  return row;
}

async function wholeBooks(): Promise<void> {
  const { db } = world.server.house;
  assert.deepEqual(await ledgerCheck(db), { sum: 0n, drift: 0n });
  assert.deepEqual(await numberGaps(db), []);
}

/** Allowed, chosen, and the bill is there. */
async function billed(): Promise<Date> {
  await allow('100');
  await choose(1);
  const end = (await machine()).period_end;
  await until(addDays(end, -10, ZONE));
  return end;
}

test('[yunfuwuqi S3.2] bills are for whom staff allow them, within the credit, and only by terms that know them', async () => {
  await assert.rejects(choose(1), refusedBy('no-bills'));
  await allow('30');
  await assert.rejects(choose(2), refusedBy('auto-renew-months'));
  await choose(1);
  assert.equal((await machine()).renew_by, 'bill');
  const { credit, services } = await ok(me.api.GET('/api/v1/bills/services'));
  assert.deepEqual([credit?.limit, credit?.unpaid, services[0]!.months], ['30.00', '0.00', 1]);
  const end = (await machine()).period_end;
  assert.equal(services[0]!.next_bill_at, addDays(end, -10, ZONE).toISOString());
  await ok(
    staff.POST('/api/v1/staff/customers/{id}/credit/withdrawal', {
      params: { path: { id: customerId } },
      body: { reason: '不再合作' },
    }),
  );
  await until(addDays(end, -10, ZONE));
  assert.deepEqual(await bills(), []);
  assert.match((await notices(/^bill-not-issued$/))[0]!.body, /没有开通/);
  assert.equal((await machine()).renew_by, 'balance', 'it renews itself from the balance again');
  const { brands } = world.server.house;
  const elsewhere = brands.url(brands.get('lantian'), world.url);
  const lantian = new StoryCustomer(elsewhere);
  await lantian.getReady(null);
  const other = (await ok(lantian.api.GET('/api/v1/auth/session'))).customer.id;
  const body = { limit: '10', reason: '试试' };
  const desk = await staffMember(world, 'elsewhere', elsewhere);
  const grant = desk.PUT('/api/v1/staff/customers/{id}/credit', { params: { path: { id: other } }, body });
  await assert.rejects(ok(grant), refusedBy('no-bills'));
});

test('[yunfuwuqi S3.2] issued ten days before the period ends, due fifteen after, and the service goes on meanwhile', async () => {
  const end = await billed();
  const issued = await bill();
  assert.deepEqual([issued.state, issued.amount, issued.to_pay], ['open', '25.00', '25.00']);
  assert.equal(issued.issued_at, addDays(end, -10, ZONE).toISOString());
  assert.equal(issued.due_at, addDays(end, 5, ZONE).toISOString());
  assert.equal(issued.period_start, end.toISOString());
  const invoice = (await ok(me.api.GET('/api/v1/invoices'))).items[0]!;
  assert.deepEqual([invoice.number, invoice.amount, invoice.owed], [issued.number, '25.00', '25.00']);
  assert.equal(await me.balance(), '0.00');
  await until(addDays(end, 1, ZONE));
  assert.deepEqual(
    [(await machine()).state, (await machine()).holds],
    ['active', 0],
    'the next period began',
  );
  assert.deepEqual(await notices(/^service-(reminder|suspended)/), [], 'nobody is told that it expires');
  await until(addMinutes(new Date(issued.due_at), -1));
  assert.equal((await bill()).state, 'open');
  assert.equal((await bill()).late_fee, '0.00');
  assert.deepEqual(
    (await notices(/^bill-/)).map(({ kind }) => kind),
    ['bill-issued', 'bill-reminder', 'bill-reminder'],
  );
  const reminded = (await acts(/^bill\.reminded$/)).map(({ facts }) => facts.days_before);
  assert.deepEqual(reminded, [3, 1]);
  await wholeBooks();
});

test('[yunfuwuqi S3.2] paid at any time: from the balance, or by the money that comes in next; other money is the customer’s', async () => {
  await billed();
  await me.topUp('10');
  assert.equal(await me.balance(), '10.00', 'a bill that isn’t due takes no money by itself');
  assert.deepEqual(await pay(), { missing: '15.00' });
  assert.equal(await me.balance(), '0.00');
  await me.topUp('20');
  assert.equal(await me.balance(), '5.00');
  const paid = await bill();
  assert.deepEqual([paid.state, paid.to_pay], ['paid', '0.00']);
  await assert.rejects(pay(), refusedBy('bill-closed'));
  const [act] = await acts(/^bill\.paid$/);
  assert.equal(act!.clause_id, 'S3.2');
  const invoice = (await ok(me.api.GET('/api/v1/invoices'))).items[0]!;
  assert.equal(invoice.owed, '0.00', 'noted beside its invoice');
  await until(addDays(new Date(paid.due_at), 3, ZONE));
  assert.deepEqual([(await machine()).state, (await machine()).holds], ['active', 0]);
  await wholeBooks();
});

test('[yunfuwuqi S3.2] what is in the balance when it falls due pays it, and nothing is overdue', async () => {
  await billed();
  await me.topUp('30');
  await until(addMinutes(new Date((await bill()).due_at), 1));
  assert.equal((await bill()).state, 'paid');
  assert.equal(await me.balance(), '5.00');
  assert.deepEqual(await acts(/^(bill\.overdue|service\.held)$/), []);
});

test('[yunfuwuqi S3.2] overdue: suspended at once with its clause and notices, a late fee by the day, and payment releases it at once', async () => {
  await billed();
  const due = new Date((await bill()).due_at);
  await until(due);
  const overdue = await bill();
  assert.equal(overdue.state, 'overdue');
  assert.equal(overdue.end_at, addDays(due, 15, ZONE).toISOString());
  assert.deepEqual([(await machine()).state, (await machine()).holds], ['active', 1]);
  const [held] = await acts(/^service\.held$/);
  assert.equal(held!.clause_id, 'S3.2');
  assert.equal((held!.notices as string[]).length, 4, 'issued, reminded twice, overdue');
  await until(nextMidnight(due, ZONE));
  await until(addDays(nextMidnight(due, ZONE), 3, ZONE));
  // 25 × 0.05 % × 4 midnights.
  assert.equal((await bill()).late_fee, '0.05');
  await me.topUp('25');
  assert.equal((await bill()).state, 'overdue', 'the late fee is still to be paid');
  assert.equal((await bill()).to_pay, '0.05');
  await until(addDays(world.clock.now(), 1, ZONE));
  assert.equal((await bill()).to_pay, '0.05', 'no fee on a fee');
  await me.topUp('1');
  assert.equal((await bill()).state, 'paid');
  assert.equal((await machine()).holds, 0);
  assert.equal(await me.balance(), '0.95');
  await wholeBooks();
});

test('[yunfuwuqi S3.2] [yunfuwuqi S5.2] unpaid fifteen days more: the service ends, its data is kept and then erased, the debt stays and grows', async () => {
  await billed();
  await until(new Date((await bill()).due_at));
  const ends = new Date((await bill()).end_at!);
  await until(addMinutes(ends, -1));
  assert.equal((await machine()).state, 'active');
  await until(ends);
  assert.equal((await machine()).state, 'ended');
  const [ended] = await acts(/^bill\.service-ended$/);
  assert.equal(ended!.clause_id, 'S3.2');
  const { owed } = await ok(me.api.GET('/api/v1/debts'));
  assert.ok(Number(owed) > 25);
  assert.equal(await me.balance(), '0.00', 'nothing is refunded');
  await until(addDays(ends, 7, ZONE));
  assert.equal((await machine()).state, 'deleted');
  const later = (await ok(me.api.GET('/api/v1/debts'))).owed;
  assert.equal((Number(later) - Number(owed)).toFixed(4), (25 * 0.0005 * 7).toFixed(4));
  await me.topUp('30');
  assert.equal((await bill()).state, 'paid');
  assert.equal((await machine()).state, 'deleted', 'paid late, what has ended stays ended');
  await wholeBooks();
});

test('[yunfuwuqi S3.2] while one is overdue, or above the credit, no other is issued; given up by two it is closed and its service released', async () => {
  await allow('30');
  await choose(1);
  const second = await (async () => {
    await me.topUp('25');
    return me.order(PLAN);
  })();
  await me.until(second, ({ state }) => state === 'active');
  const params = { params: { path: { id: second } }, body: { months: 1 } };
  await ok(me.api.PUT('/api/v1/services/{id}/bill-renewal', params));
  await until(addDays((await machine()).period_end, -9.9, ZONE));
  assert.equal((await bills()).length, 1, 'two would be above the credit');
  assert.match((await notices(/^bill-not-issued$/))[0]!.body, /额度/);
  await until(new Date((await bill()).due_at));
  assert.equal((await bill()).state, 'overdue');
  const clerk = await staffMember(world, 'first-of-two', site());
  const { items } = await ok(
    clerk.GET('/api/v1/staff/debts', { params: { query: { customer: customerId, open: 'true' } } }),
  );
  await ok(
    clerk.POST('/api/v1/staff/debts/{id}/write-off', {
      params: { path: { id: items[0]!.id } },
      body: { reason: '不再追收' },
    }),
  );
  await decideNewest(await staffMember(world, 'second-of-two', site()), true);
  assert.equal((await bill()).state, 'given-up');
  const held = await world.server.house.db
    .selectFrom('lifecycle_service')
    .select('holds')
    .where('id', 'in', [service, second])
    .execute();
  assert.deepEqual(
    held.map(({ holds }) => holds),
    [0, 0],
  );
  await wholeBooks();
});

test('[yunfuwuqi S3.2] F25 downtime shortens nobody’s days: a bill that is issued late is due late, an end is counted from the suspension', async () => {
  await allow('100');
  await choose(1);
  const end = (await machine()).period_end;
  // Nobody ran from twelve days before the end until two days after it.
  world.clock.moveTo(addDays(end, -12, ZONE));
  await world.advanceTo(world.clock.now());
  world.clock.moveTo(addDays(end, 2, ZONE));
  const back = world.clock.now();
  await world.advanceTo(addMinutes(back, 1));
  await me.stayIn(world.clock.now());
  assert.deepEqual([(await machine()).state, (await machine()).holds], ['active', 0]);
  assert.deepEqual(await acts(/^service\.suspended$/), [], 'it was never suspended for our being away');
  const issued = await bill();
  assert.ok(new Date(issued.issued_at) >= back);
  assert.equal(issued.due_at, addDays(new Date(issued.issued_at), 15, ZONE).toISOString());
  world.clock.moveTo(addDays(new Date(issued.due_at), 6, ZONE));
  const later = world.clock.now();
  await world.advanceTo(addMinutes(later, 1));
  await me.stayIn(world.clock.now());
  const overdue = await bill();
  assert.ok(new Date(overdue.overdue_at!) >= later);
  assert.equal(overdue.end_at, addDays(new Date(overdue.overdue_at!), 15, ZONE).toISOString());
  assert.equal((await acts(/^bill\.overdue$/)).length, 1);
});

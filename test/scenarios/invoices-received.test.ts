import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { addDays, addMinutes, nextMidnight } from '#kernel/time.ts';
import { invoicesPaid } from '#modules/invoicing/index.ts';
import { ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { books, idOf } from '../support/money.ts';
import { decideNewest, staffMember } from '../support/staff.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** What came in for a bill and didn't go back: for so much, and no more, a tax invoice can be made out. */

const BRAND = 'yunfuwuqi';
const ZONE = 'Asia/Shanghai';
let world: World;
let site: string;
let me: StoryCustomer;
let customerId: string;
let service: string;
let clerks = 0;

before(async () => {
  world = await testWorld({ start: new Date('2026-03-02T02:00:00Z') });
  const { brands } = world.server.house;
  site = brands.url(brands.get(BRAND), world.url);
});

const clerk = () => staffMember(world, `clerk-${++clerks}`, site);

/** One server, renewed by a bill of 25.00 that is there and not paid. */
beforeEach(async () => {
  me = new StoryCustomer(site);
  await me.getReady('25');
  customerId = await idOf(me);
  service = await me.order({ plan: 'cs-1', region: 'sg', access: PASSWORD_ACCESS });
  const { period_end } = await me.until(service, ({ state }) => state === 'active');
  const params = { path: { id: customerId } };
  const body = { limit: '100', reason: '老客户' };
  await ok((await clerk()).PUT('/api/v1/staff/customers/{id}/credit', { params, body }));
  const path = { id: service };
  await ok(me.api.PUT('/api/v1/services/{id}/bill-renewal', { params: { path }, body: { months: 1 } }));
  const issued = addDays(new Date(period_end), -10, ZONE);
  await world.advanceTo(issued);
  await me.stayIn(issued);
});

/** Both agree on an end, with so much back. */
async function endWith(refund: string): Promise<string> {
  const params = { path: { id: service } };
  const body = { refund, reason: '双方同意' };
  const desk = await clerk();
  const { id: proposal } = await ok(desk.POST('/api/v1/staff/services/{id}/end-proposals', { params, body }));
  const answer = { params: { path: { id: service, proposal } }, body: { accept: true } };
  return (await ok(me.api.POST('/api/v1/services/{id}/end-proposals/{proposal}', answer))).refunded;
}

const bill = async () => (await ok(me.api.GET('/api/v1/bills'))).items[0]!;

/** Of the bill's invoice: paid in money and not gone back. */
async function kept(): Promise<bigint> {
  const { number } = await bill();
  const rows = await invoicesPaid(world.server.house.db, BRAND, customerId);
  return rows.find((row) => row.number === number)?.paid ?? 0n;
}

test('a bill that was paid, of which part went back: no more is left than what stayed with us', async () => {
  await me.topUp('25');
  await ok(me.api.POST('/api/v1/bills/{id}/pay', { params: { path: { id: (await bill()).id } } }));
  assert.equal(await kept(), 25_000_000n);
  assert.equal(await endWith('10'), '10.00');
  assert.equal(await me.balance(), '10.00');
  const [note] = (await ok(me.api.GET('/api/v1/credit-notes'))).items;
  assert.deepEqual([note!.amount, note!.cash], ['10.00', '10.00']);
  assert.equal(await kept(), 15_000_000n);
  await books(world);
});

test('a bill that wasn’t: what goes back is used for what is owed on it, and nothing was paid; then the rest is', async () => {
  await endWith('10');
  assert.equal(await me.balance(), '0.00');
  assert.equal((await ok(me.api.GET('/api/v1/debts'))).owed, '15.00');
  assert.equal(await kept(), 0n);
  await me.topUp('15');
  assert.equal((await ok(me.api.GET('/api/v1/debts'))).owed, '0.00');
  assert.equal(await kept(), 15_000_000n);
  await books(world);
});

test('a bill that was given up: nobody paid it, so that no cash comes of it; the loss is less', async () => {
  const [debt] = (await ok(me.api.GET('/api/v1/debts'))).items;
  const params = { path: { id: debt!.id } };
  await ok(
    (await clerk()).POST('/api/v1/staff/debts/{id}/write-off', { params, body: { reason: '不再追收' } }),
  );
  await decideNewest(await clerk(), true);
  const before = await books(world);
  assert.equal(await endWith('10'), '0.00');
  assert.equal(await me.balance(), '0.00');
  assert.equal(await kept(), 0n);
  const after = await books(world);
  assert.equal((after.written_off ?? 0n) - (before.written_off ?? 0n), 10_000_000n);
});

test('[yunfuwuqi S3.2] a late fee is invoiced for the natural day that ended unpaid, not for the next one', async () => {
  const midnight = nextMidnight(new Date((await bill()).due_at), ZONE);
  await world.advanceTo(addMinutes(midnight, 5));
  const charge = await world.server.house.db
    .selectFrom('invoicing_charge')
    .select(['period_start', 'period_end'])
    .where('customer_id', '=', customerId)
    .where('product', '=', 'late-fee')
    .executeTakeFirstOrThrow();
  assert.deepEqual([charge.period_start, charge.period_end], [addDays(midnight, -1, ZONE), midnight]);
});

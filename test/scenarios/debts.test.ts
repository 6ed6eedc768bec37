import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { asSystem } from '#kernel/house.ts';
import { newId } from '#kernel/ids.ts';
import type { Micro } from '#kernel/money.ts';
import { addDays, addMinutes, nextMidnight } from '#kernel/time.ts';
import { debtsOpen, lateFeesBegin } from '#modules/debts/index.ts';
import { balances, ledgerCheck, ledgerPost } from '#modules/ledger/index.ts';
import { acceptanceLatest } from '#modules/terms/index.ts';
import { ApiProblem, ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { decideNewest, staffMember } from '../support/staff.ts';
import { testWorld } from '../support/world.ts';

/** What is owed grows by 0.05 % a day of the unpaid, simple, until it is paid or given up (七牛云 7.4). */

const ZONE = 'Asia/Shanghai';
const YUAN = 1_000_000n;
let world: World;
let site: string;
let customer: StoryCustomer;
let id: string;

before(async () => {
  world = await testWorld({ start: new Date('2026-03-02T02:00:00Z') });
  const { brands } = world.server.house;
  site = brands.url(brands.get('qiniu'), world.url);
});

beforeEach(async () => {
  customer = new StoryCustomer(site);
  await customer.signUp();
  await customer.acceptTerms();
  id = (await ok(customer.api.GET('/api/v1/auth/session'))).customer.id;
});

/** A charge that the balance didn't cover. */
function owe(amount: Micro): Promise<void> {
  return asSystem(world.server.house, 'qiniu', 'test', async (tx, ctx) => {
    const sourceId = newId();
    await ledgerPost(tx, ctx, {
      kind: 'usage',
      source: 'test-charge',
      sourceId,
      lines: [
        { account: { kind: 'receivable', owner: id }, amount: -amount },
        { account: { kind: 'revenue', owner: 'object-storage' }, amount },
      ],
    });
    const terms = (await acceptanceLatest(tx, id))!;
    const debt = {
      customerId: id,
      terms,
      product: 'object-storage',
      source: 'test-charge',
      sourceId,
      amount,
    };
    // The same charge again adds nothing.
    await debtsOpen(tx, ctx, [debt, debt]);
    await debtsOpen(tx, ctx, [debt]);
    // 7.4 is about what is owed after the agreement has ended.
    await lateFeesBegin(tx, ctx, [id]);
  });
}

async function debts(): Promise<{ owed: string; items: { late_fee: string; unpaid: string }[] }> {
  return ok(customer.api.GET('/api/v1/debts'));
}

/** The ledger agrees with what the debts say. */
async function receivable(): Promise<Micro> {
  const { db } = world.server.house;
  assert.deepEqual(await ledgerCheck(db), { sum: 0n, drift: 0n });
  return -(await balances(db, 'qiniu', id)).receivable;
}

async function midnights(count: number): Promise<void> {
  let midnight = world.clock.now();
  for (let i = 0; i < count; i++) midnight = nextMidnight(midnight, ZONE);
  await world.advanceTo(midnight);
  await customer.stayIn(midnight);
}

test('[qiniu 7.4] 0.05 % of the unpaid for each natural day that ends unpaid, on the principal alone, citing 7.4', async () => {
  await owe(100n * YUAN);
  assert.equal((await debts()).owed, '100.00');
  await world.advanceTo(addMinutes(nextMidnight(world.clock.now(), ZONE), -1));
  assert.equal((await debts()).owed, '100.00', 'the day isn’t over');
  await midnights(1);
  assert.equal((await debts()).owed, '100.05');
  await midnights(9);
  assert.equal((await debts()).owed, '100.50', 'ten days, no fee on fees');
  assert.equal(await receivable(), 100_500_000n);
  const event = await world.server.house.db
    .selectFrom('audit_event')
    .selectAll()
    .where('customer_id', '=', id)
    .where('action', '=', 'debt.late-fee')
    .orderBy('id')
    .executeTakeFirstOrThrow();
  assert.deepEqual([event.clause_id, (event.facts as { days: number }).days], ['7.4', 1]);
});

test('[qiniu 7.4] F18 F25 looked at often or not for days, the fee is the same', async () => {
  await owe(1n);
  await owe(333_333n);
  world.clock.moveTo(addDays(world.clock.now(), 7, ZONE));
  await world.advanceTo(addMinutes(world.clock.now(), 1));
  await world.advanceTo(addMinutes(world.clock.now(), 1));
  await customer.stayIn(world.clock.now());
  // 333333 × 0.0005 × 7 = 1166.6655 micro-yuan; what is below one is carried, not lost.
  assert.equal(await receivable(), 1n + 333_333n + 1_166n);
  await midnights(7);
  assert.equal(await receivable(), 1n + 333_333n + 2_333n);
});

test('money settles the oldest first, principal before fee, and stops the fee; the rest is the customer’s', async () => {
  await owe(30n * YUAN);
  await midnights(2);
  await owe(20n * YUAN);
  await customer.topUp('30.01');
  assert.equal(await customer.balance(), '0.00');
  const after = await debts();
  assert.equal(after.owed, '20.02', 'a fen of the fee of the first is paid, and the second stands');
  await midnights(4);
  assert.equal(await receivable(), 20_020_000n + 4n * 10_000n);
  await customer.topUp('50');
  assert.equal((await debts()).owed, '0.00');
  assert.equal(await customer.balance(), '29.94');
  assert.equal(await receivable(), 0n);
  await midnights(3);
  assert.equal(await receivable(), 0n);
});

test('giving up takes two of the staff and takes all that is left off the books', async () => {
  await owe(100n * YUAN);
  await midnights(1);
  const one = await staffMember(world, 'write-off-one', site);
  const two = await staffMember(world, 'write-off-two', site);
  const params = { query: { customer: id, open: 'true' as const } };
  const { items } = await ok(one.GET('/api/v1/staff/debts', { params }));
  const ask = () =>
    ok(
      one.POST('/api/v1/staff/debts/{id}/write-off', {
        params: { path: { id: items[0]!.id } },
        body: { reason: '公司已注销' },
      }),
    );
  await ask();
  await assert.rejects(ask(), (error) => error instanceof ApiProblem && error.code === 'approval-waiting');
  assert.equal(await receivable(), 100_050_000n, 'asking does nothing');
  await decideNewest(two, true);
  assert.equal(await receivable(), 0n);
  assert.equal((await debts()).owed, '0.00');
  await midnights(2);
  assert.equal(await receivable(), 0n);
});

test('who owes takes nothing out', async () => {
  await owe(5n * YUAN);
  const asked = ok(customer.api.POST('/api/v1/funds/withdrawals', { body: { amount: '1' } }));
  await assert.rejects(asked, (error) => error instanceof ApiProblem && /^withdrawal-/.test(error.code));
});

test('[qiniu 7.4] a late fee that was paid counts for a tax invoice, once its month’s invoice is there', async () => {
  await owe(1_000n * YUAN);
  await midnights(10);
  const { db } = world.server.house;
  const charges = await db
    .selectFrom('invoicing_charge')
    .select(['id', 'amount_micro'])
    .where('customer_id', '=', id)
    .where('product', '=', 'late-fee')
    .execute();
  const fees = charges.reduce((sum, { amount_micro }) => sum + amount_micro, 0n);
  assert.equal(fees, 5n * YUAN);
  await customer.topUp('1005');
  await world.drain();
  const settled = await db
    .selectFrom('invoicing_settlement')
    .select('cash_micro')
    .where(
      'charge_id',
      'in',
      charges.map((charge) => charge.id),
    )
    .execute();
  assert.equal(
    settled.reduce((sum, { cash_micro }) => sum + cash_micro, 0n),
    fees,
  );
  await world.advanceTo(addDays(world.clock.now(), 30, ZONE));
  await customer.stayIn(world.clock.now());
  const { total } = await ok(customer.api.GET('/api/v1/tax-invoices/available'));
  assert.equal(total, '5.00', 'the charge of this test itself has no invoice');
});

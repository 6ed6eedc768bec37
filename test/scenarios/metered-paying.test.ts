import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { parseYuan } from '#kernel/money.ts';
import { addMinutes } from '#kernel/time.ts';
import { ledgerCheck } from '#modules/ledger/index.ts';
import { slotEnd } from '#modules/metering/slots.ts';
import { ok } from '#server/client.ts';
import { call, staffCookie } from '../api/call.ts';
import { event, type Lab, openLab, ZONE } from '../support/metering.ts';
import { decideNewest, staffMember } from '../support/staff.ts';

/** Who pays for usage: free quota, packages, gifts, cash, in this order; and where it goes back to. */

let lab: Lab;
let staff: string;

before(async () => {
  lab = await openLab({ balance: '10' });
  staff = await staffCookie(lab.world);
  await lab.open('a');
});

async function books() {
  const { db } = lab.world.server.house;
  assert.deepEqual(await ledgerCheck(db), { sum: 0n, drift: 0n });
  const rows = await db.selectFrom('ledger_account').select(['kind', 'balance_micro']).execute();
  const of = (kind: string) =>
    rows.filter((row) => row.kind === kind).reduce((sum, row) => sum + row.balance_micro, 0n);
  return { cash: of('customer_cash'), gift: of('customer_gift'), deferred: of('deferred_revenue') };
}

async function use(count: number): Promise<Date> {
  const hour = slotEnd(lab.world.clock.now(), 'hour', ZONE);
  await lab.world.advanceTo(hour);
  await lab.send([event('lab.requests', 'a', hour, { count })]);
  await lab.world.advanceTo(addMinutes(hour, 70));
  return hour;
}

const newest = async () => (await ok(lab.customer.api.GET('/api/v1/usage/charges'))).items[0]!;

test('free quota first, then the package that was bought, earned as it is used, then tiers', async () => {
  const body = { product: 'lab', package: 'requests-2' };
  await ok(lab.customer.api.POST('/api/v1/usage/packages', { body }));
  const bought = await books();
  assert.equal(bought.cash, 9_500_000n);
  // The price contains 6 % of tax.
  assert.equal(bought.deferred, 470_000n);
  const [invoice] = (await ok(lab.customer.api.GET('/api/v1/invoices'))).items;
  assert.deepEqual(
    [invoice!.number, invoice!.order_number, invoice!.amount, invoice!.tax, invoice!.cash, invoice!.owed],
    ['INV2026-00000001', null, '0.50', '0.03', '0.50', '0.00'],
  );
  assert.match(invoice!.lines[0]!.text.zh, /资源包：/);
  await use(2_000);
  assert.equal((await newest()).amount, '0.00');
  assert.equal((await books()).deferred, 235_000n, 'half of it is used');
  await use(2_000);
  const charge = await newest();
  assert.equal(charge.amount, '0.37');
  const params = { path: { id: charge.id } };
  const { parts } = await ok(lab.customer.api.GET('/api/v1/usage/charges/{id}/explain', { params }));
  assert.deepEqual(
    parts.map(({ kind, quantity }) => [kind, quantity]),
    [
      ['package', '1000'],
      ['tier', '1000'],
    ],
  );
  assert.deepEqual(await books(), { cash: 9_130_000n, gift: 0n, deferred: 0n });
  const { items } = await ok(lab.customer.api.GET('/api/v1/usage/packages'));
  assert.deepEqual(
    items.map(({ used, quantity }) => [used, quantity]),
    [['2000', '2000']],
  );
});

test('[qiniu 2.3] a gift in scope pays before cash; what a correction gives back goes where it came from, so no gift becomes cash', async () => {
  const gift = (amount: string, products: string[]) =>
    call(lab.world, 'POST', `/staff/customers/${lab.customerId}/gifts`, {
      cookie: staff,
      body: {
        name: { zh: '赠金', en: 'Gift' },
        amount,
        products,
        expires_at: '2026-12-01T00:00:00Z',
        reason: 'a welcome',
      },
    });
  assert.equal((await gift('1', ['object-storage'])).status, 201);
  assert.equal((await gift('0.5', ['lab'])).status, 201);
  const before = await books();
  const hour = await use(2_000);
  assert.equal((await newest()).amount, '0.74');
  const after = await books();
  assert.deepEqual([before.gift - after.gift, before.cash - after.cash], [500_000n, 240_000n]);
  const correction = {
    product: 'lab',
    meter: 'requests',
    subject: 'a',
    at: hour.toISOString(),
    quantity: '-3000',
    reason: 'counted twice',
  };
  const refused = await call(lab.world, 'POST', '/staff/usage/corrections', {
    cookie: staff,
    body: correction,
  });
  assert.equal(refused.json.code, 'correction-too-large');
  const body = { ...correction, quantity: '-2000' };
  assert.equal(
    (await call(lab.world, 'POST', '/staff/usage/corrections', { cookie: staff, body })).status,
    201,
  );
  await lab.world.advanceTo(addMinutes(hour, 130));
  assert.equal((await newest()).amount, '-0.74');
  const given = await books();
  // Of this month 0.61 was paid in cash in all: that comes back as cash, the rest is a gift again.
  assert.deepEqual([given.cash - after.cash, given.gift - after.gift], [610_000n, 130_000n]);
});

test('what was owed and given up was never paid: correcting it makes no cash, and the loss is undone', async () => {
  const { world } = lab;
  const site = `http://qiniu.localhost:${new URL(world.url).port}`;
  const before = await books();
  const hour = await use(200_000);
  const owed = (await ok(lab.customer.api.GET('/api/v1/debts'))).items.find(({ closed_at }) => !closed_at)!;
  assert.ok(Number(owed.unpaid) > 0);
  assert.equal((await books()).cash, 0n, 'all that there was is used first');
  const [one, two] = [await staffMember(world, 'one', site), await staffMember(world, 'two', site)];
  const params = { path: { id: owed.id } };
  await ok(one.POST('/api/v1/staff/debts/{id}/write-off', { params, body: { reason: '不再追收' } }));
  await decideNewest(two, true);
  const body = {
    product: 'lab',
    meter: 'requests',
    subject: 'a',
    at: hour.toISOString(),
    quantity: '-200000',
    reason: 'not the customer’s',
  };
  const corrected = await call(world, 'POST', '/staff/usage/corrections', {
    cookie: await staffCookie(world),
    body,
  });
  assert.equal(corrected.status, 201);
  await world.advanceTo(addMinutes(hour, 130));
  const after = await books();
  assert.ok(after.cash <= before.cash, 'no more than was paid');
  assert.equal(after.cash + after.gift, before.cash + before.gift, 'all that was paid, and nothing else');
  const { db } = world.server.house;
  const lost = await db
    .selectFrom('ledger_account')
    .select('balance_micro')
    .where('kind', '=', 'written_off')
    .executeTakeFirstOrThrow();
  // The late fee was given up for good; what is left of the loss is no more than that.
  assert.equal(-lost.balance_micro, parseYuan(owed.late_fee));
});

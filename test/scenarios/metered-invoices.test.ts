import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addMinutes } from '#kernel/time.ts';
import { invoicesPaid } from '#modules/invoicing/index.ts';
import { slotEnd } from '#modules/metering/slots.ts';
import { ok } from '#server/client.ts';
import { call, staffCookie } from '../api/call.ts';
import { BRAND, event, type Lab, openLab, ZONE } from '../support/metering.ts';
import { books, yuan } from '../support/money.ts';

/** A month's invoice says what of it was paid, whatever corrections gave back, and to what. */

async function use(lab: Lab, count: number): Promise<Date> {
  const hour = slotEnd(lab.world.clock.now(), 'hour', ZONE);
  await lab.world.advanceTo(hour);
  await lab.send([event('lab.requests', 'a', hour, { count })]);
  await lab.world.advanceTo(addMinutes(hour, 70));
  return hour;
}

async function correct(lab: Lab, at: Date, quantity: string): Promise<void> {
  const body = {
    ...{ product: 'lab', meter: 'requests', subject: 'a', at: at.toISOString(), quantity },
    reason: 'counted twice',
  };
  const cookie = await staffCookie(lab.world);
  assert.equal((await call(lab.world, 'POST', '/staff/usage/corrections', { cookie, body })).status, 201);
  await lab.world.advanceTo(addMinutes(slotEnd(lab.world.clock.now(), 'hour', ZONE), 10));
}

/** The morning after the month, when it is closed. */
async function invoiced({ world, customer }: Lab) {
  await world.advanceTo(new Date('2026-03-31T22:10:00Z'));
  const [invoice] = (await ok(customer.api.GET('/api/v1/invoices'))).items;
  assert.equal(invoice!.month, '2026-03');
  return invoice!;
}

async function paidOf({ world, customerId }: Lab): Promise<bigint> {
  const rows = await invoicesPaid(world.server.house.db, BRAND, customerId);
  return rows.reduce((sum, { paid }) => sum + paid, 0n);
}

const START = { world: { start: new Date('2026-03-31T02:00:00Z') } };

test('a correction of what is owed lessens the debt, and counts as no payment of it', async () => {
  const lab = await openLab({ balance: null, ...START });
  await lab.open('a');
  const hour = await use(lab, 10_000);
  const owed = async () => (await ok(lab.customer.api.GET('/api/v1/debts'))).owed;
  assert.equal(await owed(), '2.29');
  await correct(lab, hour, '-4000');
  assert.equal(await owed(), '1.85');
  const invoice = await invoiced(lab);
  assert.deepEqual([invoice.cash, invoice.owed, await owed()], ['0.00', '1.85', '1.85']);
  assert.equal(await paidOf(lab), 0n, 'nothing was paid: no tax invoice');
  await lab.customer.topUp('5');
  assert.equal(await owed(), '0.00');
  const [after] = (await ok(lab.customer.api.GET('/api/v1/invoices'))).items;
  assert.equal(after!.owed, '0.00');
  assert.equal(await paidOf(lab), yuan(after!.amount), 'all of it, and not what was corrected besides');
  await books(lab.world);
});

test('what goes back to a gift takes nothing from what was paid in cash', async () => {
  const lab = await openLab({ balance: '10', ...START });
  await lab.open('a');
  const gift = {
    name: { zh: '赠金', en: 'Gift' },
    ...{ amount: '1', products: [], expires_at: '2026-12-01T00:00:00Z', reason: 'a welcome' },
  };
  const cookie = await staffCookie(lab.world);
  const given = await call(lab.world, 'POST', `/staff/customers/${lab.customerId}/gifts`, {
    cookie,
    body: gift,
  });
  assert.equal(given.status, 201);
  // One unit is free; of 2.29 the gift pays 1.00 and the balance 1.29.
  const hour = await use(lab, 10_000);
  assert.equal(await lab.customer.balance(), '8.71');
  // 1.48 goes back: what was cash, and 0.19 to the gift.
  await correct(lab, hour, '-7000');
  const { balance, gift: left } = await ok(lab.customer.api.GET('/api/v1/balance'));
  assert.deepEqual([balance, left], ['10.00', '0.26']);
  // 0.74 more in cash but for what the gift has.
  await use(lab, 2_000);
  const spent = yuan('10') - yuan(await lab.customer.balance());
  const invoice = await invoiced(lab);
  assert.deepEqual([yuan(invoice.cash), yuan(invoice.amount)], [spent, spent + yuan(invoice.gift)]);
  assert.equal(await paidOf(lab), spent);
  await books(lab.world);
});

import assert from 'node:assert/strict';
import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { addDays } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import type { World } from '#server/world.ts';
import { Customer, DAYS, inOrder, SAID_ONLY, said, ZONE } from '../support/ahead.ts';
import { BRANDS } from '../support/brands.ts';
import { caseMake } from '../support/cases.ts';
import { brandWith } from '../support/money.ts';
import { testWorld } from '../support/world.ts';

/** What staff set going has dates of its own: what was foretold of it is what happens, as with everything else. */

const people: [string, Customer, foretells: string][] = [];
let world: World;

async function person(name: string, brand: string, balance: string, foretells: string): Promise<Customer> {
  const customer = await new Customer(world, brand).ready(balance);
  people.push([name, customer, foretells]);
  return customer;
}

before(async () => {
  const brandsDir = await brandWith('terms.yaml', []);
  await cp(join(BRANDS, 'asiayun'), join(brandsDir, 'asiayun'), { recursive: true });
  world = await testWorld({ brandsDir, start: new Date('2026-01-31T02:00:00Z') });
  await asked();
  await priced();
  await world.advanceTo(addDays(world.clock.now(), 3, ZONE));
  for (const [, customer] of people) customer.foretold = await customer.look();
});

async function asked(): Promise<void> {
  const customer = await person('a question that nobody answers', 'asiayun', '40', 'case.unanswered');
  await customer.buy();
  const staff = await customer.staff();
  const caseId = await caseMake(staff, { customerId: customer.id, serviceId: null, category: 'data' });
  await ok(
    staff.POST('/api/v1/staff/cases/{id}/inquiries', {
      params: { path: { id: caseId } },
      body: { question: '请提供正确的营业执照' },
    }),
  );
}

/** The price list moves for running services too: renewals after that day cost what it says. */
async function priced(): Promise<void> {
  const customer = await person('prices that move', 'lantian', '80', 'service.renewed');
  await customer.autoRenew(await customer.buy());
  const staff = await customer.staff();
  const { csv } = await ok(staff.GET('/api/v1/staff/prices'));
  assert.ok(csv.includes('9.90'));
  const dearer = csv.replace('9.90', '11.90');
  await ok(staff.POST('/api/v1/staff/prices', { body: { csv: dearer, running: 'move' } }));
}

test('[asiayun 2.1.3] what was foretold of questions and moved prices is what happens', async (t) => {
  await world.advanceTo(addDays(world.clock.now(), DAYS, ZONE));
  for (const [name, customer, foretells] of people)
    await t.test(name, async () => {
      const foretold = customer.foretold!;
      assert.ok(
        foretold.lines.some(({ act }) => act === foretells),
        foretold.lines.map(({ act }) => act).join(' '),
      );
      const lines = foretold.lines.filter(({ act }) => !SAID_ONLY.has(act)).map(said);
      assert.deepEqual(inOrder(lines), inOrder(await customer.happened(foretold)));
    });
});

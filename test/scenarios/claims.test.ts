import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { formatYuan } from '#kernel/money.ts';
import { balances, ledgerCheck } from '#modules/ledger/index.ts';
import { ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { idOf, refusedBy, yuan } from '../support/money.ts';
import {
  Book,
  customerAt,
  hours,
  later,
  mailsTo,
  onlyBrand,
  periodBrand,
  siteOf,
} from '../support/outages.ts';
import { decideNewest } from '../support/staff.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** Claims, and what each brand's terms cap them at. */

const DAY = 24;
let world: World;
let qiniu: World;
let lantian: World;

before(async () => {
  world = await testWorld();
  lantian = await testWorld({ brandsDir: await onlyBrand('lantian') });
  qiniu = await testWorld({ brandsDir: await periodBrand() });
});

interface Claimant {
  world: World;
  staff: Book;
  customer: StoryCustomer;
  id: string;
  service: string;
  order: string;
}

async function claimant(
  of: World,
  site: string,
  plan: string,
  balance = '200',
  months = 1,
): Promise<Claimant> {
  const customer = await customerAt(site, balance);
  const service = await customer.order({ access: PASSWORD_ACCESS, plan, region: 'hk', months });
  await of.drain();
  const { items } = await ok(customer.api.GET('/api/v1/orders'));
  const id = await idOf(customer);
  return { world: of, staff: new Book(of, site), customer, id, service, order: items[0]!.id };
}

function cap({ customer }: Claimant, query: { service?: string; order?: string; product?: string }) {
  return ok(customer.api.GET('/api/v1/claims/cap', { params: { query } }));
}

async function open(
  { customer }: Claimant,
  body: { service?: string; order?: string; product?: string; amount: string },
): Promise<string> {
  const grounds = 'It was down and I lost an order.';
  return (await ok(customer.api.POST('/api/v1/claims', { body: { ...body, grounds } }))).id;
}

async function decide(
  { staff }: Claimant,
  id: string,
  body: { grant: string } | { refuse: 'liability' | 'outages' | 'sla' | 'backup' },
  who = staff.one(),
): Promise<void> {
  const api = await who;
  const decision = { ...body, reason: 'looked at it' };
  await ok(api.POST('/api/v1/staff/claims/{id}/decision', { params: { path: { id } }, body: decision }));
}

async function cash({ id, world: of }: Claimant, brand: string): Promise<bigint> {
  assert.deepEqual(await ledgerCheck(of.server.house.db), { sum: 0n, drift: 0n });
  return (await balances(of.server.house.db, brand, id)).cash;
}

test('[lantian 7.1] the cap is what was paid for that service in the three months before the claim, line by line', async () => {
  const one = await claimant(lantian, lantian.url, 'nat-s');
  const start = lantian.clock.now();
  const { amount } = (await ok(one.customer.api.GET('/api/v1/orders'))).items[0]!;
  for (let month = 1; month <= 3; month++) {
    await lantian.advanceTo(later(start, hours(month * 28 * DAY)));
    await one.customer.stayIn(lantian.clock.now());
    await one.customer.renew(one.service);
  }
  // Four payments: three of them lie within three months.
  await lantian.advanceTo(later(start, hours(95 * DAY)));
  await one.customer.stayIn(lantian.clock.now());
  const found = await cap(one, { service: one.service });
  assert.deepEqual([found.basis, found.clause.id, found.lines.length], ['fees-of-that-service', '7.1', 3]);
  assert.equal(yuan(found.cap), 3n * yuan(amount));
  assert.ok(found.lines.every(({ transaction_id, paid }) => transaction_id && paid === amount));

  const over = open(one, { service: one.service, amount: formatYuan(3n * yuan(amount) + 10_000n) });
  await assert.rejects(over, refusedBy('claim-above-cap', '7.1'));
  const was = await cash(one, 'lantian');
  const id = await open(one, { service: one.service, amount: found.cap });
  await decide(one, id, { grant: amount });
  assert.equal(await cash(one, 'lantian'), was + yuan(amount));
  const after = await cap(one, { service: one.service });
  assert.deepEqual([after.granted_before, yuan(after.left)], [amount, 2n * yuan(amount)]);
  await lantian.drain();
  assert.match((await mailsTo(one.customer, /索赔已通过/))[0]!.body, /7\.1/);
});

test('[lantian 7.1] exactly three months count: a payment of the day before doesn’t', async () => {
  const one = await claimant(lantian, lantian.url, 'nat-s');
  const at = lantian.clock.now();
  const months = new Date(at);
  months.setUTCMonth(months.getUTCMonth() + 3);
  await lantian.advanceTo(months);
  await one.customer.stayIn(months);
  assert.equal((await cap(one, { service: one.service })).lines.length, 1);
  await lantian.advanceTo(later(months, 1_000));
  assert.equal((await cap(one, { service: one.service })).lines.length, 0);
});

for (const brand of ['asiayun', 'wujiyun'] as const) {
  test(`[asiayun 8.5] ${brand}: the cap is the fee of that one purchase, which has to be named`, async () => {
    const site = siteOf(world, brand);
    const catalogue = await customerAt(site, null);
    const { products } = await ok(catalogue.api.GET('/api/v1/catalogue'));
    const one = await claimant(world, site, products[0]!.plans[0]!.id, '300', 3);
    await one.customer.renew(one.service);
    await assert.rejects(cap(one, { service: one.service }), refusedBy('claim-needs-order'));
    const found = await cap(one, { service: one.service, order: one.order });
    assert.deepEqual([found.clause.id, found.lines.length, found.lines[0]!.id], ['8.5', 1, one.order]);
    const { items } = await ok(one.customer.api.GET('/api/v1/orders'));
    assert.equal(found.cap, items.find(({ id }) => id === one.order)!.amount);
    const over = open(one, { service: one.service, order: one.order, amount: String(Number(found.cap) + 1) });
    await assert.rejects(over, refusedBy('claim-above-cap', '8.5'));
  });
}

test('[qiniu 8.4] the cap is 25 % of what was paid for that service in the year before, packages and usage likewise', async () => {
  const one = await claimant(qiniu, qiniu.url, 'nat-s', '200', 2);
  const { amount } = (await ok(one.customer.api.GET('/api/v1/orders'))).items[0]!;
  const found = await cap(one, { service: one.service });
  assert.deepEqual([found.basis, found.clause.id], ['annual-fee-of-that-service', '8.4']);
  assert.equal(yuan(found.cap), yuan(amount) / 4n - ((yuan(amount) / 4n) % 10_000n));
  await ok(
    one.customer.api.POST('/api/v1/usage/packages', { body: { product: 'lab', package: 'requests-2' } }),
  );
  const metered = await cap(one, { product: 'lab' });
  assert.deepEqual([metered.cap, metered.lines.length, metered.lines[0]!.paid], ['0.12', 1, '0.50']);
  assert.ok(metered.lines[0]!.transaction_id);
  await assert.rejects(open(one, { product: 'lab', amount: '0.13' }), refusedBy('claim-above-cap', '8.4'));
  const id = await open(one, { product: 'lab', amount: '0.12' });
  const was = await cash(one, 'qiniu');
  await decide(one, id, { grant: '0.12' });
  assert.equal(await cash(one, 'qiniu'), was + yuan('0.12'));
});

test('[yunfuwuqi S7] terms without a cap know no claim by one', async () => {
  const site = siteOf(world, 'yunfuwuqi');
  const customer = await customerAt(site, '100');
  const service = await customer.order({ access: PASSWORD_ACCESS, plan: 'cs-1', region: 'sg' });
  const one = { customer } as Claimant;
  await assert.rejects(cap(one, { service }), refusedBy('claim-not-in-terms'));
});

test('a refusal names a clause of the customer’s own terms; nothing is paid', async () => {
  const one = await claimant(world, siteOf(world, 'asiayun'), 'ay-1');
  const id = await open(one, { service: one.service, order: one.order, amount: '5' });
  await assert.rejects(decide(one, id, { refuse: 'sla' }), refusedBy('refusal-clause-missing'));
  const was = await cash(one, 'asiayun');
  await decide(one, id, { refuse: 'outages' });
  assert.equal(await cash(one, 'asiayun'), was);
  const [claim] = (await ok(one.customer.api.GET('/api/v1/claims'))).items;
  assert.deepEqual([claim!.state, claim!.refusal_clause], ['refused', '7.1']);
  await world.drain();
  assert.match((await mailsTo(one.customer, /索赔未通过/))[0]!.body, /7\.1/);
});

test('two of the staff decide one claim at once: one wins, the other is told, and it is paid once', async () => {
  const one = await claimant(world, siteOf(world, 'asiayun'), 'ay-1');
  const id = await open(one, { service: one.service, order: one.order, amount: '5' });
  const was = await cash(one, 'asiayun');
  const [first, second] = [one.staff.one(), one.staff.two()];
  await Promise.all([first, second]);
  const outcomes = await Promise.allSettled([
    decide(one, id, { grant: '5' }, first),
    decide(one, id, { grant: '5' }, second),
  ]);
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  assert.equal(refused.length, 1);
  assert.ok(refusedBy('claim-decided')(refused[0]!.reason));
  assert.equal(await cash(one, 'asiayun'), was + yuan('5'));
});

test('two claims at once never have more than the cap together', async () => {
  const one = await claimant(world, siteOf(world, 'asiayun'), 'ay-1');
  const about = { service: one.service, order: one.order };
  const { cap: most } = await cap(one, about);
  const ids = [await open(one, { ...about, amount: most }), await open(one, { ...about, amount: most })];
  await one.staff.one();
  const outcomes = await Promise.allSettled(ids.map((id) => decide(one, id, { grant: most })));
  assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1);
  const [refused] = outcomes.filter((outcome) => outcome.status === 'rejected');
  assert.ok(refusedBy('claim-above-cap', '8.5')(refused!.reason));
  await assert.rejects(open(one, { ...about, amount: '0.01' }), refusedBy('claim-above-cap'));
});

test('a large grant takes two of the staff; refused by the second, it is open again', async () => {
  const one = await claimant(qiniu, qiniu.url, 'dear', '6000');
  const was = await cash(one, 'qiniu');
  const id = await open(one, { service: one.service, amount: '1250' });
  await decide(one, id, { grant: '1250' });
  assert.equal(await cash(one, 'qiniu'), was, 'the second hasn’t spoken');
  await decideNewest(await one.staff.two(), false);
  await decide(one, id, { grant: '1250' });
  await assert.rejects(decide(one, id, { refuse: 'liability' }), refusedBy('claim-decided'));
  await assert.rejects(decideNewest(await one.staff.one(), true), refusedBy('approval-own'));
  await decideNewest(await one.staff.two(), true);
  assert.equal(await cash(one, 'qiniu'), was + yuan('1250'));
});

test('staff open a claim for a customer; another customer’s service and order are nobody’s', async () => {
  const [one, other] = [
    await claimant(world, siteOf(world, 'asiayun'), 'ay-1'),
    await claimant(world, siteOf(world, 'asiayun'), 'ay-1'),
  ];
  await assert.rejects(cap(other, { service: one.service, order: one.order }), refusedBy('not-found'));
  await assert.rejects(
    open(other, { service: one.service, order: one.order, amount: '1' }),
    refusedBy('not-found'),
  );
  await assert.rejects(
    cap(other, { service: other.service, order: one.order }),
    refusedBy('claim-needs-order'),
  );
  const api = await one.staff.one();
  const made = await ok(
    api.POST('/api/v1/staff/customers/{id}/claims', {
      params: { path: { id: one.id } },
      body: { service: one.service, order: one.order, amount: '2', grounds: 'told by phone' },
    }),
  );
  const [claim] = (await ok(one.customer.api.GET('/api/v1/claims'))).items;
  assert.deepEqual([claim!.id, claim!.by_staff], [made.id, true]);
});

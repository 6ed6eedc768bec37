import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { balances, ledgerCheck } from '#modules/ledger/index.ts';
import { ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { idOf, refusedBy, yuan } from '../support/money.ts';
import { Book, customerAt, hours, later, mailsTo, onlyBrand, siteOf } from '../support/outages.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** One outage, four agreements: an extension at the operator's will, a table of availability, nothing but a claim. */

const START = new Date('2026-03-01T16:00:00Z');
const PLANS: Record<string, string> = { lantian: 'nat-s', asiayun: 'ay-1', wujiyun: '', yunfuwuqi: 'cs-1' };
const REGIONS: Record<string, string> = { lantian: 'hk', asiayun: 'hk', wujiyun: 'hk', yunfuwuqi: 'sg' };

let world: World;
/** 云服务器 alone. */
let months: World;

interface Bought {
  book: Book;
  customer: StoryCustomer;
  service: string;
  at: Date;
}

before(async () => {
  world = await testWorld({ start: START });
  months = await testWorld({ start: START, brandsDir: await onlyBrand('yunfuwuqi') });
});

async function buy(brand: string, of = world): Promise<Bought> {
  const site = siteOf(of, brand);
  const customer = await customerAt(site, '100');
  const plan = PLANS[brand] || (await firstPlan(customer));
  const at = of.clock.now();
  const service = await customer.order({ access: PASSWORD_ACCESS, plan, region: REGIONS[brand]! });
  await of.drain();
  return { book: new Book(of, site), customer, service, at };
}

async function firstPlan(customer: StoryCustomer): Promise<string> {
  const { products } = await ok(customer.api.GET('/api/v1/catalogue'));
  return products[0]!.plans[0]!.id;
}

const expires = async ({ customer, service }: Bought) =>
  Date.parse((await customer.service(service)).period_end);

async function consequence({ customer, service }: Bought) {
  const query = { subject: service };
  const { items } = await ok(customer.api.GET('/api/v1/account/outages', { params: { query } }));
  return items[0]!.consequences.at(-1)!;
}

test('[lantian 4.2] after an upstream outage the operator may extend by its length, or leave it; never money', async () => {
  const left = await buy('lantian');
  const from = later(world.clock.now(), 60_000);
  await world.advanceTo(later(from, hours(2.5)));
  const record = (bought: Bought, cause: string) =>
    bought.book.record({ from, until: later(from, hours(2.5)), services: [bought.service], cause });
  const was = await expires(left);
  const balance = await left.customer.balance();
  const first = await record(left, 'upstream');
  const [found] = (await left.book.preview(first)).items;
  assert.deepEqual(
    [found!.consequence, found!.discretionary, found!.extend_hours, found!.clause!.id],
    ['extension', true, 2.5, '4.2'],
  );
  await left.book.settle(first, 'leave');
  assert.equal(await expires(left), was);
  assert.deepEqual(
    [(await consequence(left)).consequence, (await consequence(left)).clause_id],
    ['left', '4.2'],
  );

  const again = await record(left, 'force-majeure');
  await left.book.settle(again, 'extend');
  assert.equal(await expires(left), was + hours(2.5));
  assert.equal(await left.customer.balance(), balance);
});

test('[lantian 4.2] no availability is promised: an outage of our own doing extends nothing, and the clause is named', async () => {
  const bought = await buy('lantian');
  const was = await expires(bought);
  const from = world.clock.now();
  await world.advanceTo(later(from, hours(30)));
  const id = await bought.book.record({ from, until: later(from, hours(30)), services: [bought.service] });
  await bought.book.settle(id, 'extend');
  assert.equal(await expires(bought), was);
  assert.deepEqual(
    [(await consequence(bought)).consequence, (await consequence(bought)).clause_id],
    ['nothing', '4.2'],
  );
});

for (const brand of ['asiayun', 'wujiyun'] as const) {
  test(`[asiayun 7.1] ${brand}: every outage carries a cause of the list or our own; those of the list compensate nothing`, async () => {
    const bought = await buy(brand);
    const { causes } = await ok((await bought.book.one()).GET('/api/v1/staff/outages'));
    const listed = ['maintenance', 'telecom', 'force-majeure', 'attack', 'site-upgrade', 'bank'];
    assert.deepEqual([...causes].sort(), [...listed, 'provider'].sort());
    const was = await expires(bought);
    const from = world.clock.now();
    await world.advanceTo(later(from, hours(8)));
    const saying = { from, until: later(from, hours(8)), services: [bought.service] };
    for (const cause of listed) {
      await bought.book.settle(await bought.book.record({ ...saying, cause }));
      const { consequence: kind, clause_id } = await consequence(bought);
      assert.deepEqual([kind, clause_id], ['excluded', '7.1'], cause);
    }
    await assert.rejects(
      bought.book.record({ ...saying, cause: 'customer-origin' }),
      refusedBy('outage-cause-unknown'),
    );
    await bought.book.settle(await bought.book.record(saying));
    assert.equal(
      (await consequence(bought)).consequence,
      'nothing',
      'no clause extends or pays; a claim may be made',
    );
    assert.equal(await expires(bought), was);
  });
}

/** The next first of a month, midnight in Shanghai. */
function monthEnd(after: Date): Date {
  const local = new Date(after.getTime() + hours(8));
  return new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 1) - hours(8));
}

test('[yunfuwuqi S4] availability of the natural month, overlapping outages merged: the table’s part of the month’s fee comes to the balance when the month ends, once', async () => {
  await months.advanceTo(monthEnd(months.clock.now()));
  const bought = await buy('yunfuwuqi', months);
  const { book, customer, service, at } = bought;
  const id = await idOf(customer);
  const { db } = months.server.house;
  const cash = async () => (await balances(db, 'yunfuwuqi', id)).cash;
  const end = monthEnd(at);
  const day = (n: number, h = 0) => later(at, hours(24 * n + h));
  const record = (from: Date, until: Date, cause = 'provider') =>
    book.record({ from, until, services: [service], cause });
  await months.advanceTo(day(20));
  const counted = [await record(day(3), day(3, 5)), await record(day(3, 3), day(3, 8))];
  // What the carrier did doesn't count, however long.
  const excluded = await record(day(10), day(15), 'telecom');
  for (const one of [...counted, excluded]) await book.settle(one);
  const before = await cash();
  await months.advanceTo(later(end, -1));
  assert.equal(await cash(), before, 'not before the month is over');
  await months.advanceTo(end);
  await customer.stayIn(end);
  const [month] = (await ok(customer.api.GET('/api/v1/account/outages'))).months;
  const whole = end.getTime() - at.getTime();
  const percent = Math.floor(((whole - hours(8)) / whole) * 1_000_000) / 10_000;
  assert.equal(Number(month!.availability_percent), percent);
  assert.ok(percent < 99 && percent > 95);
  assert.equal(month!.back_percent, 30);
  // One month was paid, from the first instant of this one to the same of the next.
  assert.equal(month!.fee, '25.00');
  assert.equal(month!.paid, '7.50');
  assert.equal(await cash(), before + yuan('7.50'));
  await months.drain();
  const [mail] = await mailsTo(customer, /可用性补偿 7\.50/);
  assert.match(mail!.body, /S4/);
  const { items } = await ok(customer.api.GET('/api/v1/statement', { params: { query: {} } }));
  assert.ok(items.some(({ kind }) => kind === 'sla-compensation'));
  await months.advanceTo(later(end, hours(48)));
  assert.equal(await cash(), before + yuan('7.50'), 'once');
  assert.deepEqual(await ledgerCheck(db), { sum: 0n, drift: 0n });
});

test('[yunfuwuqi S4] a corrected book has the month measured again: what is more is paid, nothing is taken back', async () => {
  await months.advanceTo(monthEnd(months.clock.now()));
  const { book, customer, service, at } = await buy('yunfuwuqi', months);
  const end = monthEnd(at);
  const from = later(at, hours(48));
  await months.advanceTo(later(from, hours(5)));
  const saying = { from, until: later(from, hours(2)), services: [service] };
  const id = await book.record(saying);
  await book.settle(id);
  await months.advanceTo(end);
  await customer.stayIn(end);
  const measured = async () =>
    (await ok(customer.api.GET('/api/v1/account/outages'))).months.map(({ number, back_percent, paid }) => [
      number,
      back_percent,
      paid,
    ]);
  assert.deepEqual(await measured(), [[0, 10, '2.50']]);
  await book.write(id, { ...saying, until: later(from, hours(5 + 24 * 3)) });
  await book.settle(id);
  await months.advanceTo(later(end, 1));
  assert.deepEqual(await measured(), [
    [1, 100, '22.50'],
    [0, 10, '2.50'],
  ]);
  await book.write(id, saying);
  await book.settle(id);
  await months.advanceTo(later(end, 2));
  assert.deepEqual(await measured(), [
    [2, 10, '0.00'],
    [1, 100, '22.50'],
    [0, 10, '2.50'],
  ]);
  assert.deepEqual(await ledgerCheck(months.server.house.db), { sum: 0n, drift: 0n });
});

test('[yunfuwuqi S4] what keeps the promise of 99.9 % compensates nothing; a month that is settled late is measured then', async () => {
  await months.advanceTo(monthEnd(months.clock.now()));
  const { book, customer, service, at } = await buy('yunfuwuqi', months);
  const end = monthEnd(at);
  const from = later(at, hours(48));
  await months.advanceTo(later(end, hours(24)));
  await customer.stayIn(months.clock.now());
  const measured = async () => (await ok(customer.api.GET('/api/v1/account/outages'))).months;
  const promise = (end.getTime() - at.getTime()) / 1_000;
  const kept = await book.record({ from, until: later(from, promise), services: [service] });
  await book.settle(kept);
  await months.advanceTo(later(end, hours(25)));
  assert.deepEqual(
    (await measured()).map(({ back_percent, paid }) => [back_percent, paid]),
    [[0, '0.00']],
  );
  const more = await book.record({
    from: later(from, promise),
    until: later(from, promise + 60_000),
    services: [service],
  });
  await book.settle(more);
  await months.advanceTo(later(end, hours(26)));
  assert.deepEqual(
    (await measured()).map(({ back_percent, paid }) => [back_percent, paid]),
    [
      [10, '2.50'],
      [0, '0.00'],
    ],
  );
});

test('[yunfuwuqi S4] a month of somewhat more than 95 % gives back 30 %, not the whole fee', async () => {
  await months.advanceTo(monthEnd(months.clock.now()));
  const { book, customer, service, at } = await buy('yunfuwuqi', months);
  const end = monthEnd(at);
  const from = later(at, hours(48));
  await months.advanceTo(later(from, hours(34)));
  // 33 hours are between 4 and 5 % of every month.
  await book.settle(await book.record({ from, until: later(from, hours(33)), services: [service] }));
  await months.advanceTo(end);
  await customer.stayIn(end);
  const { months: measured } = await ok(customer.api.GET('/api/v1/account/outages'));
  assert.deepEqual(
    measured.map(({ back_percent, paid }) => [back_percent, paid]),
    [[30, '7.50']],
  );
});

test('[yunfuwuqi S4] the excluded causes are those of the clause', async () => {
  const { book } = await buy('yunfuwuqi');
  const { causes } = await ok((await book.one()).GET('/api/v1/staff/outages'));
  assert.deepEqual(
    [...causes].sort(),
    ['provider', 'force-majeure', 'telecom', 'customer-error', 'customer-application'].sort(),
  );
});

test('brands share a node, not a book: what one records hits and shows nobody of another', async () => {
  const [one, other] = [await buy('lantian'), await buy('asiayun')];
  const { db } = world.server.house;
  const { id: node } = await db.selectFrom('compute_node').select('id').executeTakeFirstOrThrow();
  const from = world.clock.now();
  await world.advanceTo(later(from, hours(1)));
  const id = await one.book.record({ from, until: null, nodes: [node] });
  const { affected } = await one.book.read(id);
  assert.ok(affected.some(({ subject_id }) => subject_id === one.service));
  assert.ok(!affected.some(({ subject_id }) => subject_id === other.service));
  await assert.rejects(other.book.read(id), refusedBy('not-found'));
  const foreign = other.book.record({ from, until: null, services: [one.service] });
  await assert.rejects(foreign, refusedBy('outage-unknown-service'));
});

import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { balances, ledgerCheck } from '#modules/ledger/index.ts';
import { ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { idOf, refusedBy, yuan } from '../support/money.ts';
import { Book, customerAt, hours, later, mailsTo, periodBrand, running } from '../support/outages.ts';
import { testWorld } from '../support/world.ts';

/** The outage book under 七牛云's terms: hour for hour, the right to end, what is excluded, force majeure. */

let world: World;
let book: Book;
let customer: StoryCustomer;
let service: string;
/** When the service was there for an hour. */
let t0: Date;

const EXCLUDED = [
  'customer-origin',
  'customer-request',
  'maintenance',
  'network-congestion',
  'attack',
  'telecom',
  'force-majeure',
];
const PDF = Buffer.from('%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\n%%EOF\n').toString('base64');

before(async () => {
  world = await testWorld({ brandsDir: await periodBrand() });
  book = new Book(world);
});

beforeEach(async () => {
  ({ customer, service, t0 } = await running(world));
});

async function expires(): Promise<number> {
  return Date.parse((await customer.service(service)).period_end);
}

function own(api = customer) {
  const query = { subject: service };
  return ok(api.api.GET('/api/v1/account/outages', { params: { query } }));
}

test('[qiniu 8.2] each full continuous hour down extends the term by an hour, after staff have seen it, and once', async () => {
  const was = await expires();
  const id = await book.past(t0, service, hours(3.75));
  const { items, entry } = await book.preview(id);
  const [found] = items;
  assert.deepEqual(
    [items.length, found!.consequence, found!.clause!.id, found!.down_hours, found!.extend_hours],
    [1, 'extension', '8.2', 3.75, 3],
  );
  assert.equal(await expires(), was, 'a preview changes nothing');
  await book.settle(id);
  assert.equal(await expires(), was + hours(3));
  await assert.rejects(book.settle(id), refusedBy('outage-settled'));
  assert.equal(await expires(), was + hours(3));
  const { items: hits } = await own();
  assert.equal(hits[0]!.consequences[0]!.extended_hours, 3);
  const history = await customer.history(service);
  assert.ok(history.some(({ clause }) => clause?.id === '8.2'));
  await world.drain();
  assert.equal((await mailsTo(customer, /顺延 3 小时/)).length, 1);
  assert.equal(entry, 1);
});

test('[qiniu 8.2] outages that overlap or touch are one: their time is made good once, whichever is settled first', async () => {
  const was = await expires();
  await world.advanceTo(later(t0, hours(6)));
  const at = (from: number, until: number) =>
    book.record({ from: later(t0, hours(from)), until: later(t0, hours(until)), services: [service] });
  const [middle, first, last] = [await at(1.5, 3), await at(0, 2), await at(3, 4.5)];
  await book.settle(first);
  assert.equal(await expires(), was + hours(2));
  await book.settle(middle);
  assert.equal(await expires(), was + hours(3), '0 to 3 without a break');
  await book.settle(last);
  assert.equal(await expires(), was + hours(4), '0 to 4:30 without a break');
});

test('[qiniu 8.2] a correction of the book adds what is more, and takes nothing back', async () => {
  const was = await expires();
  const id = await book.past(t0, service, hours(2));
  await book.settle(id);
  await world.advanceTo(later(t0, hours(6)));
  await book.write(id, { from: t0, until: later(t0, hours(5)), services: [service] });
  assert.equal((await book.preview(id)).items[0]!.extend_hours, 3);
  await book.settle(id);
  assert.equal(await expires(), was + hours(5));
  await book.write(id, { from: t0, until: later(t0, hours(1)), services: [service] });
  await book.settle(id);
  assert.equal(await expires(), was + hours(5));
  const { entries, consequences } = await book.read(id);
  assert.deepEqual(
    entries.map(({ number, until }) => [number, Date.parse(until!) - t0.getTime()]),
    [
      [3, hours(1)],
      [2, hours(5)],
      [1, hours(2)],
    ],
  );
  assert.deepEqual(
    consequences.map(({ extended_hours }) => extended_hours),
    [2, 3, 0],
  );
});

test('[qiniu 9.2.1] the causes of the clause compensate nothing and say so', async () => {
  const was = await expires();
  const { causes } = await ok((await book.one()).GET('/api/v1/staff/outages'));
  assert.deepEqual([...causes].sort(), ['provider', ...EXCLUDED].sort());
  for (const cause of EXCLUDED.filter((name) => name !== 'force-majeure')) {
    const id = await book.past(t0, service, hours(5), { cause });
    const [found] = (await book.preview(id)).items;
    assert.deepEqual(
      [found!.consequence, found!.clause!.id, found!.extend_hours],
      ['excluded', '9.2.1', 0],
      cause,
    );
    await book.settle(id);
  }
  assert.equal(await expires(), was);
  const { items } = await own();
  assert.ok(items.every(({ consequences }) => consequences[0]!.clause_id === '9.2.1'));
  await assert.rejects(
    book.past(t0, service, hours(5), { cause: 'bank' }),
    refusedBy('outage-cause-unknown'),
  );
});

test('[qiniu 8.2] after 72 continuous hours, and no sooner, the customer may end it and gets back what isn’t consumed', async () => {
  const id = await book.record({ from: t0, until: null, services: [service] });
  const end = () =>
    ok(customer.api.POST('/api/v1/account/outages/{id}/end', { params: { path: { id: service } } }));
  await world.advanceTo(later(t0, hours(72) - 60_000));
  assert.deepEqual((await own()).end_rights, []);
  await assert.rejects(end(), refusedBy('end-right-missing'));
  await world.advanceTo(later(t0, hours(72)));
  const [right] = (await own()).end_rights;
  assert.equal(Date.parse(right!.since), t0.getTime() + hours(72));
  assert.equal(right!.clause_id, '8.2');
  assert.equal((await mailsTo(customer, /可以终止并退回/)).length, 1);

  const stranger = await customerAt(world.url, null);
  const foreign = stranger.api.POST('/api/v1/account/outages/{id}/end', {
    params: { path: { id: service } },
  });
  await assert.rejects(ok(foreign), refusedBy('not-found'));

  const before = yuan(await customer.balance());
  const { refunded } = await end();
  assert.ok(yuan(refunded) > 0n);
  assert.equal(yuan(await customer.balance()), before + yuan(refunded));
  assert.ok(['ended', 'deleted'].includes((await customer.service(service)).state));
  await assert.rejects(end(), refusedBy('end-right-missing'));
  assert.deepEqual(await ledgerCheck(world.server.house.db), { sum: 0n, drift: 0n });

  await world.advanceTo(later(t0, hours(80)));
  await book.write(id, { from: t0, until: later(t0, hours(79)), services: [service] });
  await book.settle(id);
  assert.equal((await own()).items[0]!.consequences[0]!.extended_hours, 0, 'nothing is left to extend');
});

test('[qiniu 8.2] [qiniu 9.2.1] an excluded cause gives no right to end, however long; a break in between neither', async () => {
  await book.record({ from: t0, until: null, services: [service], cause: 'attack' });
  await world.advanceTo(later(t0, hours(100)));
  await book.record({ from: t0, until: later(t0, hours(71)), services: [service] });
  await book.record({ from: later(t0, hours(72)), until: later(t0, hours(99)), services: [service] });
  await world.advanceTo(later(t0, hours(101)));
  assert.deepEqual((await own()).end_rights, []);
});

test('[qiniu 9.1] force majeure is told in writing with its proof before it excludes anything, and its end is told', async () => {
  await world.advanceTo(later(t0, hours(2)));
  const id = await book.record({ from: t0, until: null, services: [service], cause: 'force-majeure' });
  const tell = async (content: string) =>
    ok(
      (await book.one()).POST('/api/v1/staff/outages/{id}/force-majeure', {
        params: { path: { id } },
        body: { statement: { zh: '地震导致机房断电', en: 'An earthquake cut the power' }, content },
      }),
    );
  await assert.rejects(tell(Buffer.from('<html>').toString('base64')), refusedBy('proof-unreadable'));
  await book.write(id, { from: t0, until: later(t0, hours(2)), services: [service], cause: 'force-majeure' });
  await assert.rejects(book.settle(id), refusedBy('outage-untold', '9.1'));
  assert.deepEqual(await tell(PDF), { told: 2 }, 'the beginning and, known already, the end');
  await world.drain();
  const [mail] = await mailsTo(customer, /不可抗力告知/);
  assert.match(mail!.body, /9\.1/);
  const { label } = await customer.service(service);
  assert.ok(mail!.body.includes(`受影响的服务：${label}`), 'of its own services');
  assert.equal((await mailsTo(customer, /不可抗力已消除/)).length, 1);
  await book.settle(id);
  const [hit] = (await own()).items;
  assert.deepEqual([hit!.consequences[0]!.consequence, hit!.proofs.length], ['excluded', 1]);

  const path = { id, proof_id: hit!.proofs[0]! };
  const read = (api: StoryCustomer) =>
    api.api.GET('/api/v1/outages/{id}/proofs/{proof_id}', { params: { path }, parseAs: 'text' });
  assert.match(String((await read(customer)).data), /^%PDF/);
  assert.equal((await read(await customerAt(world.url, null))).response.status, 404);
});

test('[qiniu 9.1] whoever was told of force majeure is told when the book has its end', async () => {
  const id = await book.record({
    from: later(t0, -60_000),
    until: null,
    services: [service],
    cause: 'force-majeure',
  });
  const statement = { zh: '台风', en: 'A typhoon' };
  await ok(
    (await book.one()).POST('/api/v1/staff/outages/{id}/force-majeure', {
      params: { path: { id } },
      body: { statement, content: PDF },
    }),
  );
  await world.drain();
  assert.equal((await mailsTo(customer, /不可抗力已消除/)).length, 0);
  await world.advanceTo(later(t0, hours(1)));
  await book.write(id, {
    from: later(t0, -60_000),
    until: later(t0, hours(1)),
    services: [service],
    cause: 'force-majeure',
  });
  await world.drain();
  assert.equal((await mailsTo(customer, /不可抗力已消除/)).length, 1);
});

test('[qiniu 8.2] a prepaid package of a metered product runs longer by the hours; unused quota is no loss', async () => {
  await ok(customer.api.POST('/api/v1/usage/packages', { body: { product: 'lab', package: 'requests-2' } }));
  const held = async () => (await ok(customer.api.GET('/api/v1/usage/packages'))).items[0]!;
  const was = Date.parse((await held()).ends_at);
  const from = later(world.clock.now(), hours(1));
  await world.advanceTo(later(from, hours(4.5)));
  const id = await book.record({ from, until: later(from, hours(4.5)), products: ['lab'] });
  await book.settle(id);
  assert.equal(Date.parse((await held()).ends_at), was + hours(4));
});

test('[qiniu 8.2] a package that was down for 72 hours can be ended: what isn’t used goes back with its tax', async () => {
  const id = await idOf(customer);
  const start = (await balances(world.server.house.db, 'qiniu', id)).cash;
  await ok(customer.api.POST('/api/v1/usage/packages', { body: { product: 'lab', package: 'requests-2' } }));
  assert.equal((await balances(world.server.house.db, 'qiniu', id)).cash, start - yuan('0.50'));
  const from = world.clock.now();
  await book.record({ from, until: null, products: ['lab'] });
  const [held] = (await ok(customer.api.GET('/api/v1/usage/packages'))).items;
  const early = customer.api.POST('/api/v1/account/outages/{id}/end', { params: { path: { id: held!.id } } });
  await assert.rejects(ok(early), { code: 'end-right-missing' }, 'not before the hours are over');
  await world.advanceTo(later(from, hours(73)));
  const rights = await ok(customer.api.GET('/api/v1/account/outages'));
  const [right] = rights.end_rights;
  const path = { id: right!.subject_id };
  const { refunded } = await ok(customer.api.POST('/api/v1/account/outages/{id}/end', { params: { path } }));
  assert.equal(refunded, '0.50');
  assert.equal((await balances(world.server.house.db, 'qiniu', id)).cash, start);
  assert.deepEqual(await ledgerCheck(world.server.house.db), { sum: 0n, drift: 0n });
});

test('[qiniu 8.2] a package that was used up and was down for 72 hours can be ended too: nothing goes back', async () => {
  const { db } = world.server.house;
  const id = await idOf(customer);
  await ok(customer.api.POST('/api/v1/usage/packages', { body: { product: 'lab', package: 'requests-2' } }));
  const start = (await balances(db, 'qiniu', id)).cash;
  const [held] = (await ok(customer.api.GET('/api/v1/usage/packages'))).items;
  // As the charge of all its quota leaves it.
  await db
    .updateTable('metering_package')
    .set((e) => ({ used: e.ref('quantity'), earned_micro: e.ref('price_micro') }))
    .where('id', '=', held!.id)
    .execute();
  const from = world.clock.now();
  await book.record({ from, until: null, products: ['lab'] });
  await world.advanceTo(later(from, hours(73)));
  const path = { id: held!.id };
  const { refunded } = await ok(customer.api.POST('/api/v1/account/outages/{id}/end', { params: { path } }));
  assert.equal(refunded, '0.00');
  assert.equal((await balances(db, 'qiniu', id)).cash, start);
});

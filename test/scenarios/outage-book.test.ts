import assert from 'node:assert/strict';
import { before, beforeEach, test } from 'node:test';
import { sql } from 'kysely';
import { ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { refusedBy } from '../support/money.ts';
import { Book, hours, later, periodBrand, running } from '../support/outages.ts';
import { ownerOf, PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** The outage book itself: who writes and applies it, whom it finds, what it refuses, what of it is public. */

let world: World;
let book: Book;
let customer: StoryCustomer;
let service: string;
/** When the service was there for an hour. */
let t0: Date;

before(async () => {
  world = await testWorld({ brandsDir: await periodBrand() });
  book = new Book(world);
});

beforeEach(async () => {
  ({ customer, service, t0 } = await running(world));
});

test('two of the staff apply one outage at once: one wins, the other is told', async () => {
  const expires = async () => Date.parse((await customer.service(service)).period_end);
  const was = await expires();
  const id = await book.past(t0, service, hours(2));
  const outcomes = await Promise.allSettled([
    book.settle(id, 'leave', book.one()),
    book.settle(id, 'leave', book.two()),
  ]);
  const refused = outcomes.filter((outcome) => outcome.status === 'rejected');
  assert.equal(refused.length, 1);
  assert.ok(refusedBy('outage-settled')(refused[0]!.reason));
  assert.equal(await expires(), was + hours(2));
});

test('who writes or applies by an entry that a colleague has overtaken is told', async () => {
  const id = await book.past(t0, service, hours(2));
  await book.write(id, { from: t0, until: later(t0, hours(1)), services: [service] });
  const params = { path: { id } };
  const stale = (await book.two()).POST('/api/v1/staff/outages/{id}/settlement', {
    params,
    body: { entry: 1, discretion: 'leave' },
  });
  await assert.rejects(ok(stale), refusedBy('outage-moved-on'));
});

test('what is on a node at the time is found, also what has gone since; what came later isn’t', async () => {
  const { db } = world.server.house;
  const { id: node } = await db.selectFrom('compute_node').select('id').executeTakeFirstOrThrow();
  await ok(
    customer.api.POST('/api/v1/services/{id}/end', {
      params: { path: { id: service } },
      body: { give_up: true },
    }),
  );
  await world.advanceTo(later(t0, hours(5)));
  const newer = await customer.order({ access: PASSWORD_ACCESS, hostname: 'later1' });
  await world.drain();
  const early = await book.record({ from: later(t0, -hours(1)), until: later(t0, hours(4)), nodes: [node] });
  const hit = (await book.read(early)).affected.map(({ subject_id }) => subject_id);
  assert.deepEqual([hit.includes(service), hit.includes(newer)], [true, false]);
  const [found] = (await book.read(early)).affected.filter(({ subject_id }) => subject_id === service);
  assert.equal(Date.parse(found!.until!), t0.getTime(), 'until it was ended');
});

test('bad input: what lies ahead, what ends before it begins, nobody, and what isn’t there are refused', async () => {
  const now = world.clock.now();
  const attempt = (saying: Partial<Parameters<Book['record']>[0]>) =>
    book.record({ from: later(now, -hours(1)), until: null, services: [service], ...saying });
  await assert.rejects(attempt({ from: later(now, 60_000) }), refusedBy('outage-ahead'));
  await assert.rejects(attempt({ until: later(now, 60_000) }), refusedBy('outage-ahead'));
  await assert.rejects(attempt({ until: later(now, -hours(2)) }), refusedBy('outage-order'));
  await assert.rejects(attempt({ services: [] }), refusedBy('outage-nobody'));
  const nobody = '018f0000-0000-7000-8000-000000000000';
  await assert.rejects(attempt({ services: [nobody] }), refusedBy('outage-unknown-service'));
  const open = await attempt({});
  await assert.rejects(book.preview(open), refusedBy('outage-lasts'));
});

test('nothing that the book has said can be changed or removed, by nobody', async () => {
  const id = await book.past(t0, service, hours(2));
  await book.settle(id);
  const db = ownerOf(world);
  for (const table of ['outages_entry', 'outages_affected', 'outages_consequence']) {
    await assert.rejects(sql`delete from ${sql.table(table)}`.execute(db), /append-only/);
    await assert.rejects(sql`update ${sql.table(table)} set number = 9`.execute(db), /append-only/);
  }
});

test('everybody sees current and past outages of the brand, and no customer’s name', async () => {
  await book.record({ from: t0, until: null, services: [service] });
  const anonymous = await world.server.app.inject({
    url: '/api/v1/outages',
    headers: { host: new URL(world.url).host },
  });
  const { items } = anonymous.json() as { items: Record<string, unknown>[] };
  assert.deepEqual(Object.keys(items[0]!).sort(), ['cause', 'from', 'id', 'title', 'until', 'updated_at']);
  assert.equal(items[0]!.until, null);
});

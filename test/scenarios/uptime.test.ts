import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { HypervisorError } from '#modules/compute/driver.ts';
import { nodeProbe } from '#modules/compute/jobs.ts';
import { uptimeLook } from '#modules/uptime/jobs.ts';
import { ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { refusedBy } from '../support/money.ts';
import { Book, customerAt, hours, later, onlyBrand } from '../support/outages.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** Nodes that are looked at: a silence becomes a draft for the outage book, and the months say what was seen. */

const MINUTE = 60_000;
let world: World;
let book: Book;
let customer: StoryCustomer;
let service: string;
let node: string;
let silent = false;

before(async () => {
  world = await testWorld({
    brandsDir: await onlyBrand('yunfuwuqi'),
    start: new Date('2026-03-02T02:00:00Z'),
  });
  book = new Book(world);
  customer = await customerAt(world.url, '500');
  service = await customer.order({ access: PASSWORD_ACCESS, plan: 'cs-1', region: 'sg' });
  await customer.until(service, ({ state }) => state === 'active');
  const { house } = world.server;
  node = house.ports.nodeNames[0]!;
  const { hypervisors } = house.ports;
  house.ports.hypervisors = (name) => {
    const driver = hypervisors(name);
    const probe = () =>
      silent ? Promise.reject(new HypervisorError('unreachable', 'no route to host')) : driver.probe();
    return new Proxy(driver, {
      get: (of, key) => {
        if (key === 'probe') return probe;
        const value: unknown = Reflect.get(of, key);
        return typeof value === 'function' ? value.bind(of) : value;
      },
    });
  };
});

/** So many minutes in which the node is looked at each minute. */
async function look(minutes: number): Promise<void> {
  for (let i = 0; i < minutes; i++) {
    await world.advanceTo(later(world.clock.now(), MINUTE));
    await nodeProbe(world.server.house, node).catch(() => undefined);
  }
  await uptimeLook(world.server.house);
}

const drafts = async () => (await ok((await book.one()).GET('/api/v1/staff/outage-drafts'))).items;
const entries = (id: string) => book.read(id).then((outage) => outage.entries);
const title = { zh: '节点无响应', en: 'A node doesn’t answer' };
const confirm = async (id: string) =>
  (
    await ok(
      (
        await book.one()
      ).POST('/api/v1/staff/outage-drafts/{id}/confirmation', {
        params: { path: { id } },
        body: { title, cause: 'provider', note: '' },
      }),
    )
  ).id;
const dismiss = async (id: string, reason: string) =>
  ok(
    (await book.one()).POST('/api/v1/staff/outage-drafts/{id}/dismissal', {
      params: { path: { id } },
      body: { reason },
    }),
  );

test('[yunfuwuqi S4] a node that is silent for long enough becomes a draft with its services; confirmed, the book gets it, and its end by itself', async () => {
  await look(10);
  silent = true;
  await look(4);
  assert.deepEqual(await drafts(), [], 'a short silence is none');
  const from = later(world.clock.now(), -3 * MINUTE);
  await look(3);
  const [draft] = await drafts();
  assert.deepEqual(
    [draft!.state, draft!.from, draft!.until, draft!.services.map(({ id }) => id), draft!.others_answered],
    ['open', from.toISOString(), null, [service], 0],
  );
  assert.deepEqual((await ok((await book.one()).GET('/api/v1/staff/outages'))).items, [], 'only a draft');
  const outage = await confirm(draft!.id);
  const [first] = await entries(outage);
  assert.deepEqual([first!.from, first!.until, first!.cause], [from.toISOString(), null, 'provider']);
  await assert.rejects(confirm(draft!.id), refusedBy('draft-decided'));
  await look(20);
  silent = false;
  await look(1);
  const until = world.clock.now().toISOString();
  const written = await entries(outage);
  assert.deepEqual(
    written.map((entry) => [entry.number, entry.until, entry.staff_id === null]),
    [
      [2, until, true],
      [1, null, false],
    ],
  );
  await look(3);
  assert.equal((await entries(outage)).length, 2, 'once');
  assert.equal((await book.preview(outage)).items[0]!.consequence, 'by-month');
});

test('[yunfuwuqi S4] what was seen stands beside what is promised: availability by month, and how much was looked at', async () => {
  const read = (who: StoryCustomer) =>
    who.api.GET('/api/v1/account/uptime', { params: { query: { service } } });
  const { months, sla } = await ok(read(customer));
  assert.equal(months.length, 1);
  assert.equal(months[0]!.month, '2026-03');
  assert.equal(months[0]!.down_minutes, 27);
  assert.match(months[0]!.availability_percent!, /^\d\d\.\d{4}$/);
  assert.equal(sla!.clause.id, 'S4');
  assert.equal(sla!.promised_percent, '99.9');
  const stranger = await customerAt(world.url, null);
  assert.equal((await read(stranger)).response.status, 404);
  const { items } = await ok((await book.one()).GET('/api/v1/staff/uptime'));
  assert.equal(items[0]!.months[0]!.down_minutes, 27);
});

test('a worker that was down for days invents no outage: what nobody saw is neither up nor down', async () => {
  const known = (await drafts()).length;
  await world.advanceTo(later(world.clock.now(), hours(72)));
  silent = true;
  await look(3);
  assert.equal((await drafts()).length, known, 'silent before and after says nothing of the days between');
  await look(4);
  const [draft] = await drafts();
  assert.equal(Date.parse(draft!.from), world.clock.now().getTime() - 6 * MINUTE);
  // Down again while the node is silent: the draft ends where the looking ended.
  const last = world.clock.now();
  await world.advanceTo(later(last, hours(48)));
  await uptimeLook(world.server.house);
  const [lost] = await drafts();
  assert.deepEqual([lost!.until, lost!.lost_sight], [last.toISOString(), true]);
  silent = false;
  await look(2);
  assert.equal((await drafts()).length, known + 1);
  await dismiss(lost!.id, '我方线路中断');
  await assert.rejects(dismiss(lost!.id, '再一次'), refusedBy('draft-decided'));
  const { months } = await ok(customer.api.GET('/api/v1/account/uptime', { params: { query: { service } } }));
  assert.equal(months[0]!.down_minutes, 33, 'what was dismissed was still seen');
});

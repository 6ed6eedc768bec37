import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addDays, addMinutes } from '#kernel/time.ts';
import { noticesEvidence } from '#modules/notify/index.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { brandWith, idOf } from '../support/money.ts';
import { Book, hours, later } from '../support/outages.ts';
import { TwoStaff } from '../support/two-staff.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

/** What a customer was told when its service was suspended stands until the grace is over, whatever changes meanwhile. */

const ZONE = 'Asia/Shanghai';
const FILE = {
  name: '合同.pdf',
  content: Buffer.from('%PDF-1.7\nsigned by both\n%%EOF').toString('base64'),
};

let world: World;

before(async () => {
  const brandsDir = await brandWith('terms.yaml', [
    [
      'periods: {',
      'precedence: { clause: "6.1", order: [attachment, service-contract, order-page, agreement] }\n  periods: {',
    ],
  ]);
  world = await testWorld({ brandsDir, start: new Date('2026-03-02T04:00:00Z') });
});

async function bought(): Promise<{ customer: StoryCustomer; id: string; end: Date }> {
  const customer = await readyCustomer(world, '60');
  const id = await customer.order({ access: PASSWORD_ACCESS });
  const { period_end } = await customer.until(id, ({ state }) => state === 'active');
  await world.drain();
  return { customer, id, end: new Date(period_end) };
}

async function goTo(customer: StoryCustomer, instant: Date): Promise<void> {
  await world.advanceTo(instant);
  await customer.stayIn(instant);
}

const acts = (id: string, action: string) =>
  world.server.house.db
    .selectFrom('audit_event')
    .select(['clause_id', 'clause_version', 'notices', 'facts'])
    .where('subject_id', '=', id)
    .where('action', '=', action)
    .execute();

const kindsOf = async (notices: string[]) =>
  (await noticesEvidence(world.server.house.db, notices)).map(({ kind }) => kind);

/** A contract of a month and some days: ten days of grace, then an end whose data is kept for seven. */
async function contractFor(customer: StoryCustomer, until: string): Promise<void> {
  const staff = await TwoStaff.at(world, 'lantian', `pair-${until}`);
  const reply = await staff.one('POST', `/staff/customers/${await idOf(customer)}/service-contracts`, {
    service_id: null,
    number: 'HT-9',
    title: '云服务器服务合同',
    parameters: {
      // biome-ignore lint/suspicious/noThenProperty: the file's own word
      expiry: { clause: '4.2', suspend: 'at-once', grace_days: 10, then: 'end' },
      // biome-ignore lint/suspicious/noThenProperty: the file's own word
      retention: { clause: '4.3', days: 7, then: 'erase' },
    },
    clauses: [
      { id: '4.2', text: '到期后保留十天，之后终止。' },
      { id: '4.3', text: '终止后数据保留七天。' },
    ],
    valid_from: '2026-03-02',
    valid_to: until,
    reason: '销售总监签署',
    file: FILE,
  });
  assert.equal(reply.status, 201, String(reply.bytes));
  assert.equal((await staff.decide(true)).status, 204);
}

test('[qiniu 11.1] [qiniu 4.3] a contract that runs out in the middle of a grace: the service ends as was told, its data is kept as was told, each by the contract', async () => {
  const { customer, id, end } = await bought();
  await contractFor(customer, addDays(end, 4, ZONE).toISOString().slice(0, 10));
  await goTo(customer, end);
  const over = addDays(end, 10, ZONE);
  assert.equal((await customer.service(id)).delete_at, over.toISOString());
  await goTo(customer, over);
  const erased = addDays(over, 7, ZONE);
  const ended = await customer.service(id);
  assert.deepEqual([ended.state, ended.delete_at], ['ended', erased.toISOString()]);
  const [act] = await acts(id, 'service.ended');
  assert.deepEqual(
    [act?.clause_id, act?.clause_version, (act!.facts as { kept_by?: string }).kept_by],
    ['4.2', 'HT-9', '4.3'],
  );
  await goTo(customer, addMinutes(erased, -1));
  assert.equal((await customer.service(id)).state, 'ended');
  await goTo(customer, erased);
  assert.equal((await customer.service(id)).state, 'deleted');
  const [gone] = await acts(id, 'service.deleted');
  assert.deepEqual([gone?.clause_id, gone?.clause_version], ['4.3', 'HT-9']);
});

test('[lantian 4.2] [lantian 5.3] a term lengthened in the grace moves the deletion with it: three whole days after its new end, with all that was told before on record', async () => {
  const { customer, id, end } = await bought();
  await goTo(customer, end);
  await goTo(customer, addDays(end, 1, ZONE));
  const book = new Book(world);
  const from = later(end, -hours(10));
  const outage = await book.record({ from, until: later(from, hours(2)), services: [id], cause: 'upstream' });
  await book.settle(outage, 'extend');
  const service = await customer.service(id);
  const until = later(end, hours(2));
  assert.deepEqual([service.state, service.period_end], ['suspended', until.toISOString()]);
  const over = addDays(until, 3, ZONE);
  assert.equal(service.delete_at, over.toISOString());
  await goTo(customer, addMinutes(over, -1));
  assert.equal((await customer.service(id)).state, 'suspended');
  await goTo(customer, over);
  const [act] = await acts(id, 'service.deleted');
  assert.equal(act?.clause_id, '5.3');
  assert.deepEqual(await kindsOf(act!.notices), [
    'service-reminder',
    'service-reminder',
    'service-reminder',
    'service-suspended',
  ]);
});

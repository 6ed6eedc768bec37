import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { before, test } from 'node:test';
import { addDays, addMinutes } from '#kernel/time.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { brandWith, idOf } from '../support/money.ts';
import { TwoStaff } from '../support/two-staff.ts';
import { ownerOf, PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

/**
 * Negotiated service contracts (七牛云 1.2, 11.1), on the life of a server: 蓝天云's agreement with that order of
 * precedence, since 七牛云 itself sells nothing that expires.
 */

const ZONE = 'Asia/Shanghai';
const PDF = Buffer.from('%PDF-1.7\nsigned by both\n%%EOF');
const FILE = { name: '合同.pdf', content: PDF.toString('base64') };

let world: World;
let staff: TwoStaff;
let customer: StoryCustomer;
let customerId: string;
let service: string;

before(async () => {
  const brandsDir = await brandWith('terms.yaml', [
    [
      'periods: {',
      'precedence: { clause: "6.1", order: [attachment, service-contract, order-page, agreement] }\n  periods: {',
    ],
  ]);
  world = await testWorld({ brandsDir, start: new Date('2026-03-02T04:00:00Z') });
  staff = await TwoStaff.at(world, 'lantian');
  customer = await readyCustomer(world, '60');
  customerId = await idOf(customer);
  service = await customer.order({ access: PASSWORD_ACCESS, hostname: 'web1' });
  await customer.until(service, ({ state }) => state === 'active');
});

// biome-ignore lint/suspicious/noThenProperty: the file's own word
const GRACE = { clause: '4.2', suspend: 'at-once', grace_days: 10, then: 'delete' };

/** A contract that is in order, changed as told. */
function wanted(changes: Record<string, unknown> = {}) {
  return {
    service_id: null,
    number: 'HT-2026-001',
    title: '云服务器服务合同',
    parameters: { expiry: GRACE },
    clauses: [
      { id: '4.2', text: '到期后保留十天。' },
      { id: 'A.1', text: '到期后保留二十天。' },
    ],
    valid_from: '2026-03-02',
    valid_to: '2026-12-31',
    reason: '销售总监签署',
    file: FILE,
    ...changes,
  };
}

const record = (changes: Record<string, unknown> = {}, of = customerId) =>
  staff.one('POST', `/staff/customers/${of}/service-contracts`, wanted(changes));

async function refused(changes: Record<string, unknown>, code: string, why: RegExp): Promise<void> {
  const before = await contracts();
  const reply = await record(changes);
  assert.equal(reply.json.code, code, String(reply.bytes));
  assert.match(`${reply.json.title} ${reply.json.detail}`, why);
  assert.deepEqual(await contracts(), before, 'nothing was recorded');
}

async function contracts() {
  const reply = await staff.one('GET', `/staff/service-contracts?customer=${customerId}`);
  return reply.json.items as { id: string; number: string; state: string; sha256: string }[];
}

interface Figure {
  parameter: string;
  value: Record<string, unknown>;
  layer: string;
  clause: { id: string; version: string; text: { zh: string } };
}

async function figure(parameter: string): Promise<Figure> {
  const reply = await staff.site.ask('GET', `/services/${service}/policy`, customer.api.cookie());
  assert.equal(reply.status, 200, String(reply.bytes));
  return (reply.json.figures as Figure[]).find((found) => found.parameter === parameter)!;
}

async function grace() {
  const { layer, clause, value } = await figure('expiry');
  return [value.grace_days, layer, clause.version, clause.id];
}

test('before there is one, the agreement holds: each figure with its clause, version and layer', async () => {
  assert.deepEqual(await grace(), [3, 'agreement', '2025-07-19', '5.3']);
  const own = await staff.site.ask('GET', `/services/${service}/policy`, customer.api.cookie());
  const order = own.json.order as { number: string; months: number; price_version: string };
  assert.equal(order.months, 1);
  assert.match(order.price_version, /^[0-9a-f-]{36}$/, 'the price list that the order page showed');
  const stranger = await readyCustomer(world, null);
  const theirs = await staff.site.ask('GET', `/services/${service}/policy`, stranger.api.cookie());
  assert.equal(theirs.status, 404);
});

/** Pages may be behind by the moment that the word of a change takes. */
async function graceComes(days: number): Promise<void> {
  for (let tries = 0; (await grace())[0] !== days; tries++) assert.ok(tries < 100, `${days} days don't hold`);
}

test('[qiniu 1.2] recorded by one of the staff it holds when a second agrees, and never before', async () => {
  const made = await record();
  assert.equal(made.status, 201, String(made.bytes));
  assert.deepEqual(await grace(), [3, 'agreement', '2025-07-19', '5.3']);
  const own = await staff.one('GET', '/staff/approvals?state=waiting');
  const [waiting] = own.json.items as { id: string }[];
  const alone = await staff.one('POST', `/staff/approvals/${waiting!.id}/decision`, {
    grant: true,
    reason: 'me',
  });
  assert.equal(alone.json.code, 'approval-own');

  assert.equal((await staff.decide(true)).status, 204);
  await graceComes(10);
  assert.deepEqual(await grace(), [10, 'service-contract', 'HT-2026-001', '4.2']);
  assert.equal((await figure('expiry')).clause.text.zh, '到期后保留十天。');
  assert.deepEqual((await figure('refund')).layer, 'agreement');

  const list = await staff.site.ask('GET', '/service-contracts', customer.api.cookie());
  const [contract] = list.json.items as { id: string; sha256: string; state: string }[];
  assert.equal(contract!.state, 'agreed');
  assert.equal(contract!.sha256, createHash('sha256').update(PDF).digest('hex'));
  const file = await staff.site.ask('GET', `/service-contracts/${contract!.id}/file`, customer.api.cookie());
  assert.deepEqual(file.bytes, PDF);
  const stranger = await readyCustomer(world, null);
  const theirs = await staff.site.ask(
    'GET',
    `/service-contracts/${contract!.id}/file`,
    stranger.api.cookie(),
  );
  assert.equal(theirs.status, 404, 'nobody else’s');
  await world.drain();
  const mails = await staff.site.ask('GET', '/dev/mailbox', '');
  const subjects = (mails.json.items as { to: string; subject: string }[]).map(({ subject }) => subject);
  assert.ok(
    subjects.some((subject) => subject.includes('HT-2026-001')),
    'the customer is told',
  );
});

test('what can’t be recorded is refused with the reason', async () => {
  await refused({ number: 'X1' }, 'service-contract-overlaps', /HT-2026-001.*2026-03-02.*2026-12-31/s);
  await refused(
    { number: 'X1', valid_from: '2026-12-31', valid_to: null },
    'service-contract-overlaps',
    /HT/,
  );
  const later = { number: 'X1', valid_from: '2027-02-01', valid_to: '2027-01-01' };
  await refused(later, 'service-contract-dates', /2027-02-01/);
  const over = { number: 'X1', valid_from: '2026-01-01', valid_to: '2026-03-01' };
  await refused(over, 'service-contract-dates', /今天|today/);
  const next = { number: 'X1', valid_from: '2027-01-01', valid_to: null };
  const figures = (parameters: object, clauses?: object[]) => ({
    ...next,
    parameters,
    ...(clauses ? { clauses } : {}),
  });
  const wrong = 'service-contract-figures';
  await refused(figures({ expirey: GRACE }), wrong, /expirey.*did you mean expiry/);
  await refused(figures({ expiry: { ...GRACE, grace_dayz: 4 } }), wrong, /did you mean grace_days/);
  await refused(figures({ expiry: { ...GRACE, grace_days: -1 } }), wrong, /expiry\.grace_days/);
  await refused(
    figures({ refund: { clause: '4.2', rule: 'unconsummed' } }),
    wrong,
    /did you mean unconsumed/,
  );
  await refused(
    figures({ expiry: { ...GRACE, clause: 'AA.1' } }),
    wrong,
    /expiry\.clause.*no clause AA\.1.*mean A\.1/,
  );
  await refused(
    figures({ precedence: { clause: '4.2', order: ['agreement', 'attachment'] } }),
    wrong,
    /precedence/,
  );
  await refused(figures({}), wrong, /no figure/);
  await refused({ ...next, file: null }, 'service-contract-file', /PDF/);
  const text = { name: 'x.pdf', content: Buffer.from('not a paper').toString('base64') };
  await refused({ ...next, file: text }, 'service-contract-file', /PDF/);
  await refused({ ...next, number: 'HT-2026-001' }, 'service-contract-number', /编号|number/);
  const other = await readyCustomer(world, '20');
  const theirs = await other.order({ access: PASSWORD_ACCESS, hostname: 'other' });
  await refused({ ...next, service_id: theirs }, 'service-contract-service', /不属于|isn’t/);
  const orphan = { ...next, parent_id: '01900000-0000-7000-8000-000000000000' };
  await refused(orphan, 'service-contract-parent', /合同|contract/);
});

test('[qiniu 11.1] an attachment goes before its contract; two that say one figure at once are refused', async () => {
  const parent = (await contracts()).find(({ number }) => number === 'HT-2026-001')!.id;
  const attachment = {
    parent_id: parent,
    number: 'HT-2026-001-A',
    parameters: { expiry: { ...GRACE, clause: 'A.1', grace_days: 20 } },
    valid_to: '2026-06-30',
  };
  await refused({ ...attachment, valid_to: null }, 'service-contract-parent', /期|days/);
  assert.equal((await record(attachment)).status, 201);
  assert.equal((await staff.decide(true)).status, 204);
  assert.deepEqual(await grace(), [20, 'attachment', 'HT-2026-001-A', 'A.1']);
  await refused(
    { ...attachment, number: 'B', valid_from: '2026-06-30' },
    'service-contract-overlaps',
    /expiry/,
  );
  const more = { ...attachment, number: 'B', parameters: { refund: { clause: 'A.1', rule: 'unconsumed' } } };
  assert.equal((await record(more)).status, 201, 'another figure stands beside it');
  assert.equal((await staff.decide(false)).status, 204);
  assert.equal((await figure('refund')).value.rule, 'none', 'refused by the second, it says nothing');

  const at = async (instant: string) => {
    const reply = await staff.one('GET', `/staff/services/${service}/policy?at=${instant}`);
    return (reply.json.figures as Figure[]).find(({ parameter }) => parameter === 'expiry')!.value.grace_days;
  };
  assert.equal(await at('2026-06-30T15:59:59.999Z'), 20, 'its last natural day');
  assert.equal(await at('2026-06-30T16:00:00.000Z'), 10, 'then the contract again');
  assert.equal(await at('2026-12-31T16:00:00.000Z'), 3, 'then the agreement');
  assert.equal(await at('2026-03-02T03:59:59.999Z'), 3, 'what held before it was recorded is as it was');
});

test('[qiniu 11.1] the life of the service goes by the contract, and the acts cite it', async () => {
  const { period_end } = await customer.until(service, ({ state }) => state === 'active');
  const end = new Date(period_end);
  await world.advanceTo(end);
  await customer.stayIn(end);
  const suspended = await customer.until(service, ({ state }) => state !== 'active');
  assert.equal(suspended.delete_at, addDays(end, 20, ZONE).toISOString(), 'twenty days, by the attachment');
  const [event] = await world.server.house.db
    .selectFrom('audit_event')
    .select(['clause_id', 'clause_version', 'clause_hash'])
    .where('subject_id', '=', service)
    .where('action', '=', 'service.suspended')
    .execute();
  assert.deepEqual(event, {
    clause_id: 'A.1',
    clause_version: 'HT-2026-001-A',
    clause_hash: createHash('sha256').update(PDF).digest('hex'),
  });
  const still = addMinutes(addDays(end, 19, ZONE), 1);
  await world.advanceTo(still);
  await customer.stayIn(still);
  assert.equal((await customer.until(service, () => true)).state, 'suspended');
});

test('ended by two, it and its attachment hold no more, and stay on record', async () => {
  staff = await TwoStaff.at(world, 'lantian', 'later');
  const parent = (await contracts()).find(({ number }) => number === 'HT-2026-001')!.id;
  const asked = await staff.one('POST', `/staff/service-contracts/${parent}/end`, { reason: '双方协商终止' });
  assert.equal(asked.status, 202, String(asked.bytes));
  assert.equal((await grace())[0], 20, 'not before it is granted');
  assert.equal((await staff.decide(true, '双方协商终止')).status, 204);
  await graceComes(3);
  assert.deepEqual(await grace(), [3, 'agreement', '2025-07-19', '5.3']);
  const states = Object.fromEntries((await contracts()).map(({ number, state }) => [number, state]));
  assert.deepEqual(states, { 'HT-2026-001': 'ended', 'HT-2026-001-A': 'ended', B: 'refused' });
  const again = await staff.one('POST', `/staff/service-contracts/${parent}/end`, { reason: 'once more' });
  assert.equal(again.json.code, 'service-contract-over');
  await assert.rejects(
    ownerOf(world).updateTable('terms_layer').set({ number: 'forged' }).execute(),
    /append-only/,
  );
});

test('a brand whose terms rank no contracts has none', async () => {
  const plain = await testWorld();
  const pair = await TwoStaff.at(plain, 'lantian', 'plain');
  const someone = await readyCustomer(plain, null);
  const reply = await pair.one('POST', `/staff/customers/${await idOf(someone)}/service-contracts`, wanted());
  assert.equal(reply.json.code, 'service-contract-not-in-terms');
});

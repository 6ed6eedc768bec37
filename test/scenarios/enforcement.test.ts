import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addMinutes } from '#kernel/time.ts';
import { machinesWatch } from '#modules/enforcement/watch.ts';
import { balances } from '#modules/ledger/index.ts';
import { ApiProblem, ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { caseFound, caseMake, caseOf, measureTake } from '../support/cases.ts';
import { decideNewest, type StaffApi, staffMember } from '../support/staff.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** Breaches of 蓝天云's terms: what is found by itself, what is decided, what can be taken back and what can't. */

let world: World;
let one: StaffApi;
let two: StaffApi;

const problem = (code: string) => (error: unknown) =>
  error instanceof ApiProblem ? error.code === code || assert.fail(`${error.code}, not ${code}`) : false;

before(async () => {
  world = await testWorld();
  one = await staffMember(world, 'one');
  two = await staffMember(world, 'two');
});

async function machine() {
  const customer = new StoryCustomer(world.url);
  await customer.getReady('30');
  const customerId = (await ok(customer.api.GET('/api/v1/auth/session'))).customer.id;
  const id = await customer.order({ access: PASSWORD_ACCESS });
  await customer.until(id, ({ state }) => state === 'active');
  return { customer, customerId, id };
}

const instance = (id: string) =>
  world.server.house.db
    .selectFrom('compute_instance')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();

/** The machine used this part of one processor for so long, up to now. */
async function used(id: string, part: number, minutes: number, of: 'cpu' | 'upload' = 'cpu'): Promise<void> {
  const { db } = world.server.house;
  const now = world.clock.now();
  await db.deleteFrom('compute_sample').where('instance_id', '=', id).execute();
  const { cpus, bandwidth_bps } = await instance(id);
  const [cpu, upload] = of === 'cpu' ? [part, 0] : [0, part];
  const rows = Array.from({ length: minutes + 1 }, (_, i) => ({
    instance_id: id,
    at: addMinutes(now, i - minutes),
    cpu_ns: BigInt(Math.round(i * 60e9 * cpu * cpus)) + 1n,
    memory_bytes: 1n,
    disk_bytes: 1n,
    received_bytes: 1n,
    sent_bytes: BigInt(Math.round((i * 60 * upload * Number(bandwidth_bps)) / 8)) + 1n,
    processes: 1,
  }));
  await db.insertInto('compute_sample').values(rows).execute();
}

const measuresOn = (id: string) =>
  world.server.house.db
    .selectFrom('enforcement_measure')
    .selectAll()
    .where('service_id', '=', id)
    .orderBy('id')
    .execute();

const events = (subject: string) =>
  world.server.house.db
    .selectFrom('audit_event')
    .selectAll()
    .where('subject_id', '=', subject)
    .orderBy('id')
    .execute();

test('[lantian 4.1] [lantian 1.2] more than 80 % for longer than 15 minutes halves the processors for an hour, and says by which clause', async () => {
  const { customer, id } = await machine();
  const { house } = world.server;
  await used(id, 0.85, 14);
  await machinesWatch(house, world.clock.now());
  assert.equal((await measuresOn(id)).length, 0, 'not yet fifteen minutes');
  await used(id, 0.79, 30);
  await machinesWatch(house, world.clock.now());
  assert.equal((await measuresOn(id)).length, 0, 'not above 80 %');
  await used(id, 0.805, 15);
  await machinesWatch(house, world.clock.now());
  await machinesWatch(house, world.clock.now());
  const [measure, ...more] = await measuresOn(id);
  assert.equal(more.length, 0, 'once while it stands');
  assert.deepEqual([measure?.measure, measure?.clause_id, measure?.state], ['throttle', '4.1', 'standing']);
  const { cpus, throttled_cpus } = await instance(id);
  assert.equal(Number(throttled_cpus), cpus / 2);
  await world.drain();
  const [event] = await events(measure!.id);
  assert.deepEqual([event?.action, event?.clause_id, event?.notices.length], ['measure.throttle', '4.1', 1]);
  const { items } = await ok(customer.api.GET('/api/v1/dev/mailbox'));
  assert.ok(items.some(({ to, body }) => to === customer.email && /条款 4\.1/.test(body)));
  assert.equal((await customer.service(id)).state, 'active', 'it runs on');

  await world.advanceTo(addMinutes(world.clock.now(), 59));
  assert.notEqual((await instance(id)).throttled_cpus, null);
  await world.advanceTo(addMinutes(world.clock.now(), 2));
  assert.equal((await instance(id)).throttled_cpus, null, 'after an hour it has all of them again');
});

test('[lantian 3.2-detect] [lantian 1.2] processors that are busy for six hours open one case with what was measured, and nothing more', async () => {
  const { customer, id } = await machine();
  await used(id, 0.97, 359);
  await machinesWatch(world.server.house, world.clock.now());
  const cases = async () => (await ok(customer.api.GET('/api/v1/cases'))).items;
  assert.equal((await cases()).length, 0, 'not yet six hours');
  await used(id, 0.97, 360);
  await machinesWatch(world.server.house, world.clock.now());
  await machinesWatch(world.server.house, world.clock.now());
  const [found, ...more] = await cases();
  assert.equal(more.length, 0, 'one case while it is open');
  assert.deepEqual(
    [found?.category, found?.clause, found?.origin, found?.state],
    ['g', '3.2', 'trace', 'open'],
  );
  const whole = await caseOf(one, found!.id);
  assert.equal(whole.evidence.length, 2, 'each look is evidence');
  assert.deepEqual([whole.evidence[0]?.kind, whole.evidence[0]?.facts.above_percent], ['measurement', 95]);
  assert.deepEqual(whole.measures, [], 'staff decide');
  assert.equal((await customer.service(id)).state, 'active');
});

test('[lantian 3.2-detect] [lantian 1.2] an upload above 80 % of its bandwidth for six hours opens a case too', async () => {
  const { customer, id } = await machine();
  const look = async (part: number, minutes: number) => {
    await used(id, part, minutes, 'upload');
    await machinesWatch(world.server.house, world.clock.now());
    return (await ok(customer.api.GET('/api/v1/cases'))).items;
  };
  assert.deepEqual(await look(0.805, 359), [], 'not yet six hours');
  assert.deepEqual(await look(0.795, 400), [], 'not above 80 %');
  const [found, ...more] = await look(0.805, 360);
  assert.equal(more.length, 0);
  assert.deepEqual([found?.clause, found?.origin, found?.state], ['3.2', 'trace', 'open']);
  const { evidence } = await caseOf(one, found!.id);
  const [{ facts }] = evidence as [(typeof evidence)[number]];
  assert.deepEqual([facts.trace, facts.above_percent, evidence.length], ['upload', 80, 1]);
});

test('[lantian 3.2] [lantian 5.4] a breach ends the service for good, its data wiped, nothing refunded, by two of the staff', async () => {
  const { customer, customerId, id } = await machine();
  const cash = async () => (await balances(world.server.house.db, 'lantian', customerId)).cash;
  const before = await cash();
  const caseId = await caseMake(one, { customerId, serviceId: id, category: 'e' });
  await measureTake(one, caseId, { measure: 'suspend' });
  await world.drain();
  assert.equal(
    (await instance(id)).allowed,
    'suspended',
    'without a word before, while the case is looked at',
  );
  await assert.rejects(measureTake(one, caseId, { measure: 'wipe' }), problem('case-open'));
  await caseFound(one, caseId);
  const asked = await measureTake(one, caseId, { measure: 'wipe' });
  assert.equal(asked.stands, false);
  assert.notEqual((await customer.service(id)).state, 'deleted', 'one alone can’t');
  await assert.rejects(decideNewest(one, true), problem('approval-own'));
  await decideNewest(two, true);
  await world.drain();
  assert.equal((await customer.service(id)).state, 'deleted');
  assert.equal((await instance(id)).allowed, 'gone');
  assert.equal(await cash(), before, 'nothing refunded');
  const [event] = await events(asked.id);
  assert.deepEqual([event?.action, event?.clause_id], ['approval.requested', null]);
  const done = (await events(asked.id)).find(({ action }) => action === 'measure.wipe');
  assert.deepEqual([done?.clause_id, done?.notices.length], ['3.2', 1]);
  const params = { path: { id: asked.id } };
  await assert.rejects(
    ok(one.POST('/api/v1/staff/measures/{id}/reversal', { params, body: { reason: 'sorry' } })),
    problem('measure-final'),
  );
});

test('what the terms don’t name can be neither alleged nor done; another’s service is none', async () => {
  const { customerId, id } = await machine();
  const other = await machine();
  const about = { customerId, serviceId: id };
  await assert.rejects(caseMake(one, { ...about, category: 'z' }), problem('case-not-in-terms'));
  await assert.rejects(
    caseMake(one, { ...about, category: 'court', origin: 'authority' }),
    problem('case-not-in-terms'),
  );
  await assert.rejects(
    caseMake(one, { customerId, serviceId: other.id, category: 'e' }),
    problem('not-found'),
  );
  const caseId = await caseMake(one, { ...about, category: 'e' });
  await assert.rejects(
    measureTake(one, caseId, { measure: 'freeze-money' }),
    problem('measure-not-in-terms'),
  );
  await assert.rejects(
    measureTake(one, caseId, { measure: 'suspend', service_id: other.id }),
    problem('not-found'),
  );
  assert.equal((await instance(other.id)).allowed, 'yes');
  const body = { question: '这是谁的？' };
  await assert.rejects(
    ok(one.POST('/api/v1/staff/cases/{id}/inquiries', { params: { path: { id: caseId } }, body })),
    problem('inquiry-not-in-terms'),
  );
});

test('two who decide one case at once: one wins, the other is told', async () => {
  const { customerId, id } = await machine();
  const caseId = await caseMake(one, { customerId, serviceId: id, category: 'a' });
  const decided = await Promise.allSettled([caseFound(one, caseId, true), caseFound(two, caseId, false)]);
  assert.deepEqual(decided.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  const lost = decided.find((result) => result.status === 'rejected')!;
  assert.ok(problem('case-decided')(lost.reason));
});

test('a case that is none, and a granted appeal, take back what was done; a second measure of one kind is refused', async () => {
  const first = await machine();
  const caseId = await caseMake(one, { customerId: first.customerId, serviceId: first.id, category: 'd' });
  await measureTake(one, caseId, { measure: 'suspend' });
  await measureTake(one, caseId, { measure: 'throttle', cpus: 0.25 });
  await assert.rejects(measureTake(two, caseId, { measure: 'suspend' }), problem('measure-stands'));
  assert.equal(Number((await instance(first.id)).throttled_cpus), 0.25);
  await caseFound(two, caseId, false);
  await world.drain();
  const { allowed, throttled_cpus } = await instance(first.id);
  assert.deepEqual([allowed, throttled_cpus], ['yes', null]);
  assert.deepEqual(
    (await caseOf(one, caseId)).measures.map(({ state }) => state),
    ['reversed', 'reversed'],
  );

  const second = await machine();
  const appealed = await caseMake(one, {
    customerId: second.customerId,
    serviceId: second.id,
    category: 'd',
  });
  const params = { path: { id: appealed } };
  const appeal = () =>
    ok(second.customer.api.POST('/api/v1/cases/{id}/appeal', { params, body: { text: '只是自用跳板' } }));
  await assert.rejects(appeal(), problem('case-open'));
  await measureTake(one, appealed, { measure: 'suspend' });
  await caseFound(one, appealed, true);
  await measureTake(one, appealed, { measure: 'end' });
  await appeal();
  await assert.rejects(appeal(), problem('appealed-already'));
  const foreign = first.customer.api.POST('/api/v1/cases/{id}/appeal', { params, body: { text: 'x' } });
  await assert.rejects(ok(foreign), problem('not-found'));
  const decision = { grant: true, decision: '确为自用' };
  const decide = (by: StaffApi) =>
    ok(by.POST('/api/v1/staff/cases/{id}/appeal-decision', { params, body: decision }));
  await decide(two);
  await assert.rejects(decide(one), problem('case-decided'));
  // What a colleague was asked before doesn't happen any more.
  await assert.rejects(decideNewest(two, true), problem('case-decided'));
  await decideNewest(two, false);
  await world.drain();
  assert.equal((await instance(second.id)).allowed, 'yes');
  assert.equal((await second.customer.service(second.id)).state, 'active');
});

test('a report of anybody becomes a case; who reported is sealed and never shown to the customer', async () => {
  const { customer, customerId, id } = await machine();
  const visitor = new StoryCustomer(world.url);
  const report = {
    about: '203.0.113.9:20001',
    category: 'e',
    text: 'It scans our network since the morning.',
    reporter: 'noc-17@example.net',
  };
  await ok(visitor.api.POST('/api/v1/reports', { body: report }));
  await assert.rejects(
    ok(visitor.api.POST('/api/v1/reports', { body: { ...report, category: 'nonsense' } })),
    problem('case-not-in-terms'),
  );
  const { items } = await ok(one.GET('/api/v1/staff/reports-of-abuse'));
  assert.deepEqual([items[0]?.reporter, items[0]?.state], [report.reporter, 'new']);
  const params = { path: { id: items[0]!.id } };
  const body = { case: { customer_id: customerId, service_id: id, category: 'e', summary: '被举报扫描' } };
  const { case_id } = await ok(one.POST('/api/v1/staff/reports-of-abuse/{id}/handling', { params, body }));
  await assert.rejects(
    ok(two.POST('/api/v1/staff/reports-of-abuse/{id}/handling', { params, body: { case: null } })),
    problem('case-decided'),
  );
  const own = await ok(customer.api.GET('/api/v1/cases/{id}', { params: { path: { id: case_id! } } }));
  assert.equal(own.origin, 'report');
  assert.doesNotMatch(JSON.stringify(own), /noc-17|scans our network/);
  const row = await world.server.house.db
    .selectFrom('enforcement_report')
    .selectAll()
    .executeTakeFirstOrThrow();
  assert.doesNotMatch(row.reporter.toString('latin1'), /noc-17/);
});

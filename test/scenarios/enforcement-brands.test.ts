import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addDays } from '#kernel/time.ts';
import { balances } from '#modules/ledger/index.ts';
import { ApiProblem, ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { caseFound, caseMake, caseOf, measureTake } from '../support/cases.ts';
import { decideNewest, type StaffApi, staffMember } from '../support/staff.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** Breaches by the terms of 亚云, 七牛云 and 云服务器: each measure by its own clause. */

const YUAN = 1_000_000n;
let world: World;

const problem = (code: string) => (error: unknown) =>
  error instanceof ApiProblem ? error.code === code || assert.fail(`${error.code}, not ${code}`) : false;

before(async () => {
  world = await testWorld();
});

const siteOf = (brand: string) =>
  world.server.house.brands.url(world.server.house.brands.get(brand), world.url);

let people = 0;
async function staffOfTwo(brand: string): Promise<[StaffApi, StaffApi]> {
  people += 1;
  const site = siteOf(brand);
  return [await staffMember(world, `one${people}`, site), await staffMember(world, `two${people}`, site)];
}

async function customerOf(brand: string, balance = '200') {
  const customer = new StoryCustomer(siteOf(brand));
  await customer.getReady(balance);
  const { id } = (await ok(customer.api.GET('/api/v1/auth/session'))).customer;
  return { customer, id };
}

async function machineOf(brand: string, choice: { plan: string; region: string }) {
  const made = await customerOf(brand);
  const serviceId = await made.customer.order({ ...choice, access: PASSWORD_ACCESS });
  await made.customer.until(serviceId, ({ state }) => state === 'active');
  return { ...made, serviceId };
}

const instance = (id: string) =>
  world.server.house.db
    .selectFrom('compute_instance')
    .selectAll()
    .where('id', '=', id)
    .executeTakeFirstOrThrow();

/** By which clause an act on a measure, or on what it made, is on record. */
async function clauseOn(subject: string, action: string) {
  const row = await world.server.house.db
    .selectFrom('audit_event')
    .select(['clause_id', 'clause_version'])
    .where('subject_id', '=', subject)
    .where('action', '=', action)
    .executeTakeFirst();
  return row?.clause_id;
}

const reverse = (by: StaffApi, id: string) => {
  const params = { path: { id } };
  return ok(by.POST('/api/v1/staff/measures/{id}/reversal', { params, body: { reason: '已整改' } }));
};

const ASIAYUN = { plan: 'ay-1', region: 'hk' };

test('[asiayun 4.5.1-ddos] [asiayun 4.5.2.2] under an attack the public address is unbound and comes back; functions are restricted one by one', async () => {
  const [one] = await staffOfTwo('asiayun');
  const { customer, id, serviceId } = await machineOf('asiayun', ASIAYUN);
  const caseId = await caseMake(one, { customerId: id, serviceId, category: 'ddos' });
  const unbound = await measureTake(one, caseId, { measure: 'unbind-address' });
  assert.equal((await instance(serviceId)).unbound, true);
  assert.equal(await clauseOn(unbound.id, 'measure.unbind-address'), '4.5.1-ddos');
  const restricted = await measureTake(one, caseId, { measure: 'restrict', acts: ['buy'] });
  assert.equal(await clauseOn(restricted.id, 'measure.restrict'), '4.5.2.2');
  await assert.rejects(measureTake(one, caseId, { measure: 'restrict' }), problem('measure-needs-acts'));
  const until = world.clock.now().toISOString();
  await assert.rejects(
    measureTake(one, caseId, { measure: 'suspend', until }),
    problem('measure-until-past'),
  );
  const order = () => customer.order({ ...ASIAYUN, access: PASSWORD_ACCESS });
  await assert.rejects(order(), problem('act-restricted'));
  await customer.renew(serviceId);
  await reverse(one, restricted.id);
  await order();
  await reverse(one, unbound.id);
  assert.equal((await instance(serviceId)).unbound, false);
  await assert.rejects(reverse(one, unbound.id), problem('measure-over'));
});

test('[asiayun 4.5.1] [asiayun 4.5.1-end] [asiayun 4.3] [wujiyun 4.3] forbidden content ends the service without refund', async () => {
  for (const brand of ['asiayun', 'wujiyun']) {
    const [one, two] = await staffOfTwo(brand);
    const { customer, id, serviceId } = await machineOf(brand, ASIAYUN);
    const before = (await balances(world.server.house.db, brand, id)).cash;
    const caseId = await caseMake(one, { customerId: id, serviceId, category: 'infringement' });
    assert.equal((await caseOf(one, caseId)).clause, '4.3');
    await caseFound(one, caseId);
    const asked = await measureTake(one, caseId, { measure: 'end' });
    await decideNewest(two, true);
    await world.drain();
    assert.ok(['ended', 'deleted'].includes((await customer.service(serviceId)).state));
    assert.equal((await balances(world.server.house.db, brand, id)).cash, before);
    assert.equal(await clauseOn(asked.id, 'measure.end'), '4.3');
  }
});

test('what limits a machine falls with it: its time comes later, and holds up nobody else’s', async () => {
  const [one, two] = await staffOfTwo('asiayun');
  const [gone, stays] = [await machineOf('asiayun', ASIAYUN), await machineOf('asiayun', ASIAYUN)];
  const until = (days: number) => addDays(world.clock.now(), days, 'Asia/Shanghai').toISOString();
  const unbound: { id: string }[] = [];
  for (const [days, { id: customerId, serviceId }] of [gone, stays].entries()) {
    const caseId = await caseMake(one, { customerId, serviceId, category: 'ddos' });
    unbound.push(await measureTake(one, caseId, { measure: 'unbind-address', until: until(20 + days) }));
  }
  const { id: customerId, serviceId } = gone;
  const caseId = await caseMake(one, { customerId, serviceId, category: 'infringement' });
  await caseFound(one, caseId);
  await measureTake(one, caseId, { measure: 'end' });
  await decideNewest(two, true);
  await world.advanceTo(new Date(until(22)));
  assert.equal((await gone.customer.service(serviceId)).state, 'deleted');
  assert.equal((await instance(stays.serviceId)).unbound, false);
  for (const { id } of unbound) assert.equal(await clauseOn(id, 'measure.reversed'), '4.5.1-ddos');
});

test('[asiayun 4.5.1-abuse] mining bans the account by two of the staff: all its services stop, nothing can be done, its balance isn’t paid back', async () => {
  const [one, two] = await staffOfTwo('asiayun');
  const { customer, id, serviceId } = await machineOf('asiayun', ASIAYUN);
  const caseId = await caseMake(one, { customerId: id, serviceId, category: 'abuse' });
  await caseFound(one, caseId);
  const ban = await measureTake(one, caseId, { measure: 'ban' });
  assert.equal((await instance(serviceId)).allowed, 'yes', 'not by one alone');
  await decideNewest(two, true);
  await world.drain();
  assert.equal((await instance(serviceId)).allowed, 'suspended');
  assert.equal(await clauseOn(ban.id, 'measure.ban'), '4.5.1-abuse');
  const held = await one.GET('/api/v1/staff/audit', { params: { query: { subject: serviceId } } });
  const { notices } = held.data!.items.find(({ action }) => action === 'service.held')!;
  assert.equal(notices.length, 1, 'the stop names the notice that told of the ban');
  await assert.rejects(customer.order({ ...ASIAYUN, access: PASSWORD_ACCESS }), problem('account-banned'));
  const withdrawal = customer.api.POST('/api/v1/funds/withdrawals', { body: { amount: '10' } });
  await assert.rejects(ok(withdrawal), problem('account-banned'));
  await assert.rejects(reverse(one, ban.id), problem('measure-final'));
  // Nor by the back door of what it rests on, nor by restricting everything at once, which would be a ban by one alone.
  const { items } = await ok(one.GET('/api/v1/staff/restrictions', { params: { query: { customer: id } } }));
  const lift = { params: { path: { id: items[0]!.id } }, body: { reason: '放行' } };
  await assert.rejects(
    ok(one.POST('/api/v1/staff/restrictions/{id}/lift', lift)),
    problem('restriction-of-case'),
  );
  const all = { measure: 'restrict' as const, acts: ['everything' as 'buy'] };
  await assert.rejects(measureTake(one, caseId, all), problem('invalid-input'));
  // A granted appeal alone brings it back.
  const params = { path: { id: caseId } };
  await ok(customer.api.POST('/api/v1/cases/{id}/appeal', { params, body: { text: '系统被入侵' } }));
  const body = { grant: true, decision: '确系被入侵，已清理' };
  await ok(two.POST('/api/v1/staff/cases/{id}/appeal-decision', { params, body }));
  await world.drain();
  assert.equal((await instance(serviceId)).allowed, 'yes');
  await customer.order({ ...ASIAYUN, access: PASSWORD_ACCESS });
});

test('[asiayun 5.4] a case freezes money in part, by its reason; lifting the case lifts the freeze', async () => {
  const [one] = await staffOfTwo('asiayun');
  const { id } = await customerOf('asiayun', '100');
  const caseId = await caseMake(one, { customerId: id, serviceId: null, category: '1' });
  const wanted = { measure: 'freeze-money' as const, amount: '40', freeze_reason: '5.4.2' };
  await measureTake(one, caseId, wanted);
  const books = async () => {
    const { cash, frozen } = await balances(world.server.house.db, 'asiayun', id);
    return [cash / YUAN, frozen / YUAN];
  };
  assert.deepEqual(await books(), [60n, 40n]);
  await caseFound(one, caseId, false);
  assert.deepEqual(await books(), [100n, 0n]);
});

test('[asiayun 2.1.3] false data: the customer is asked, answers in time or not; unanswered is on record with its clause', async () => {
  const [one] = await staffOfTwo('asiayun');
  const asked = async () => {
    const { customer, id } = await customerOf('asiayun');
    const caseId = await caseMake(one, { customerId: id, serviceId: null, category: 'data' });
    const params = { path: { id: caseId } };
    const body = { question: '请提供正确的营业执照' };
    const made = await ok(one.POST('/api/v1/staff/cases/{id}/inquiries', { params, body }));
    return { customer, id, caseId, inquiry: made.id };
  };
  const answer = ({ customer, inquiry }: Awaited<ReturnType<typeof asked>>) =>
    ok(
      customer.api.POST('/api/v1/inquiries/{id}/answer', {
        params: { path: { id: inquiry } },
        body: { answer: '已重新提交' },
      }),
    );
  const prompt = await asked();
  const silent = await asked();
  await assert.rejects(answer({ ...silent, inquiry: prompt.inquiry }), problem('not-found'));
  const sent = world.clock.now();
  await world.advanceTo(addDays(sent, 6, 'Asia/Shanghai'));
  await answer(prompt);
  await world.advanceTo(addDays(sent, 7, 'Asia/Shanghai'));
  await assert.rejects(answer(silent), problem('answer-too-late'));
  const [later, two] = await staffOfTwo('asiayun');
  const found = await caseOf(later, silent.caseId);
  assert.notEqual(found.inquiries[0]?.lapsed_at, null);
  assert.equal((await caseOf(later, prompt.caseId)).inquiries[0]?.lapsed_at, null);
  assert.equal(await clauseOn(silent.caseId, 'case.unanswered'), '2.1.3');
  await caseFound(later, silent.caseId);
  const ban = await measureTake(later, silent.caseId, { measure: 'ban' });
  await decideNewest(two, true);
  await assert.rejects(
    silent.customer.order({ ...ASIAYUN, access: PASSWORD_ACCESS }),
    problem('account-banned'),
  );
  assert.equal(await clauseOn(ban.id, 'measure.ban'), '2.1.3', 'not by that on abuse');
});

test('[asiayun 4.5.1-contact] a contact that isn’t corrected in time bans the account by itself; correcting it lifts that', async () => {
  const { customer, id, serviceId } = await machineOf('asiayun', ASIAYUN);
  const { house } = world.server;
  const fault = {
    faultId: '0198f000-0000-7000-8000-000000000001',
    customerId: id,
    kind: 'email' as const,
    notices: [],
  };
  const { asSystem } = await import('#kernel/house.ts');
  const { acceptanceLatest } = await import('#modules/terms/index.ts');
  await asSystem(house, 'asiayun', 'test', async (tx, ctx) => {
    const terms = await acceptanceLatest(tx, id);
    await ctx.bus.emit(tx, ctx, 'contact.overdue', { ...fault, clause: terms!.clauseOf('contact') });
  });
  await world.drain();
  assert.equal((await instance(serviceId)).allowed, 'suspended');
  const [found] = (await ok(customer.api.GET('/api/v1/cases'))).items;
  assert.deepEqual([found?.origin, found?.clause], ['contact', '4.5.1-contact']);
  await assert.rejects(customer.order({ ...ASIAYUN, access: PASSWORD_ACCESS }), problem('account-banned'));
  await asSystem(house, 'asiayun', 'test', (tx, ctx) =>
    ctx.bus.emit(tx, ctx, 'contact.corrected', { ...fault, overdue: true }),
  );
  await world.drain();
  assert.equal((await instance(serviceId)).allowed, 'yes');
  await customer.order({ ...ASIAYUN, access: PASSWORD_ACCESS });
});

test('[yunfuwuqi S6.2] [yunfuwuqi S2.3] a breach suspends or ends at once, without a word before and without refund', async () => {
  const [one, two] = await staffOfTwo('yunfuwuqi');
  const { parameters } = await ok(new StoryCustomer(siteOf('yunfuwuqi')).api.GET('/api/v1/terms'));
  assert.equal(parameters.enforcement?.told, 'with');
  const { customer, id, serviceId } = await machineOf('yunfuwuqi', { plan: 'cs-1', region: 'sg' });
  const before = (await balances(world.server.house.db, 'yunfuwuqi', id)).cash;
  const caseId = await caseMake(one, { customerId: id, serviceId, category: 'attack' });
  assert.equal((await caseOf(one, caseId)).clause, 'S2.3');
  const suspended = await measureTake(one, caseId, { measure: 'suspend' });
  assert.equal((await instance(serviceId)).allowed, 'suspended');
  assert.equal(await clauseOn(suspended.id, 'measure.suspend'), 'S6.2');
  await caseFound(one, caseId);
  const end = await measureTake(one, caseId, { measure: 'end' });
  await decideNewest(two, true);
  await world.drain();
  assert.equal((await customer.service(serviceId)).state, 'ended', 'S5.2 keeps its data for a while');
  assert.equal((await balances(world.server.house.db, 'yunfuwuqi', id)).cash, before);
  assert.equal(await clauseOn(end.id, 'measure.end'), 'S6.2');
});

test('[qiniu 3.1.3.4] [qiniu 3.1.3.5] [qiniu 3.1.3.6] [qiniu 3.1.3.7] [qiniu 7.3.3] [qiniu 9.2.2] [qiniu 5.2] each breach is a case by its own clause, an order of an authority too', async () => {
  const [one] = await staffOfTwo('qiniu');
  const { customer, id } = await customerOf('qiniu');
  const about = { customerId: id, serviceId: null };
  for (const [category, clause] of [
    ['spam', '3.1.3.4'],
    ['4', '3.1.3.5'],
    ['burden', '3.1.3.6'],
    ['network', '3.1.3.7'],
    ['attacked', '7.3.3'],
  ] as const)
    assert.equal((await caseOf(one, await caseMake(one, { ...about, category }))).clause, clause);
  const ordered = await caseMake(one, { ...about, category: 'court', origin: 'authority' });
  const found = await caseOf(one, ordered);
  assert.deepEqual([found.clause, found.possible], ['9.2.2', ['suspend', 'end']]);
  const params = { path: { id: ordered } };
  const body = { question: '请提供权利证明' };
  await ok(one.POST('/api/v1/staff/cases/{id}/inquiries', { params, body }));
  assert.equal(await clauseOn(ordered, 'case.asked'), '5.2');
  const own = await ok(customer.api.GET('/api/v1/cases/{id}', { params }));
  const [asked] = own.inquiries;
  assert.deepEqual(
    [asked?.question, asked?.answer_until],
    ['请提供权利证明', addDays(new Date(asked!.asked_at), 7, 'Asia/Shanghai').toISOString()],
  );
});

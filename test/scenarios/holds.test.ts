import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import type { Ctx } from '#kernel/ctx.ts';
import type { Tx } from '#kernel/db.ts';
import { asSystem } from '#kernel/house.ts';
import { addDays, addMs } from '#kernel/time.ts';
import {
  type EndBy,
  policyOn,
  serviceEndBy,
  serviceExtend,
  serviceHold,
  serviceInBrand,
  serviceRelease,
} from '#modules/lifecycle/index.ts';
import { type Parameters, policyOf } from '#modules/terms/index.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { behindOurBack } from '../faults/support/node.ts';
import { books } from '../support/money.ts';
import { PASSWORD_ACCESS, readyCustomer, testWorld } from '../support/world.ts';

const ZONE = 'Asia/Shanghai';
const HOUR_MS = 3_600_000;
let world: World;
before(async () => {
  world = await testWorld();
});

const lantian = <T>(work: (tx: Tx, ctx: Ctx) => Promise<T>) =>
  asSystem(world.server.house, 'lantian', 'test', work);

async function clauseOf(tx: Tx, ctx: Ctx, serviceId: string, parameter: keyof Parameters) {
  const service = await serviceInBrand(tx, ctx, serviceId);
  return (await policyOf(tx, policyOn(service!), ctx.now)).clauseOf(parameter);
}

const hold = (serviceId: string, refId: string) =>
  lantian(async (tx, ctx) => {
    const clause = await clauseOf(tx, ctx, serviceId, 'forbidden');
    return serviceHold(tx, ctx, { serviceId, cause: 'case', clause, reason: 'scan', refId });
  });
const release = (serviceId: string, refId: string) =>
  lantian((tx, ctx) => serviceRelease(tx, ctx, { serviceId, refId }));
const extend = (serviceId: string, by: { until: Date } | { byMs: number }) =>
  lantian(async (tx, ctx) => {
    const clause = await clauseOf(tx, ctx, serviceId, 'outage_extension');
    return serviceExtend(tx, ctx, { serviceId, clause, reason: '上游中断', cause: 'outage-1', ...by });
  });
const endBy = (serviceId: string, by: EndBy['by'], refund: EndBy['refund']) =>
  lantian(async (tx, ctx) => {
    const clause = await clauseOf(tx, ctx, serviceId, 'breach_end');
    const end = { serviceId, by, clause, refund, wipe: 'retention' as const, reason: 'test', notices: [] };
    return serviceEndBy(tx, ctx, end);
  });

async function running(
  balance = '50',
): Promise<{ customer: StoryCustomer; id: string; power(): Promise<string> }> {
  const customer = await readyCustomer(world, balance);
  const id = await customer.order({ access: PASSWORD_ACCESS });
  await customer.until(id, ({ state }) => state === 'active');
  await world.drain();
  const power = async () => {
    await world.drain();
    const all = await behindOurBack(world).observe();
    return all.find(({ serviceId }) => serviceId === id)?.power ?? 'gone';
  };
  return { customer, id, power };
}

test('a hold stops the machine and leaves what is paid alone; the last of two that goes starts it', async () => {
  const { customer, id, power } = await running();
  const { period_end } = await customer.service(id);
  assert.equal(await hold(id, 'case-1'), true);
  assert.equal(await hold(id, 'case-1'), false, 'the same once more changes nothing');
  assert.equal(await hold(id, 'case-2'), true);
  assert.equal(await power(), 'stopped');
  const held = await customer.service(id);
  assert.deepEqual([held.state, held.period_end, held.actions.power], ['active', period_end, false]);
  assert.equal(await release(id, 'case-1'), true);
  assert.equal(await release(id, 'case-1'), false);
  assert.equal(await power(), 'stopped');
  assert.equal(await release(id, 'case-2'), true);
  assert.equal(await power(), 'running');
  const acts = (await customer.history(id)).map(({ action, clause }) => [action, clause?.id]);
  assert.equal(acts.filter(([action, clause]) => action === 'service.held' && clause === '3.2').length, 2);
});

test('while held it expires, is renewed and stays stopped; released, it runs to the day that was paid', async () => {
  const { customer, id, power } = await running();
  const end = new Date((await customer.service(id)).period_end);
  await hold(id, 'case-3');
  await world.advanceTo(end);
  await customer.stayIn(end);
  assert.equal((await customer.service(id)).state, 'suspended');
  await release(id, 'case-3');
  assert.equal(await power(), 'stopped', 'nothing is paid');
  await hold(id, 'case-4');
  await customer.renew(id);
  assert.equal((await customer.service(id)).state, 'active');
  assert.equal(await power(), 'stopped', 'paid, and held');
  await release(id, 'case-4');
  assert.equal(await power(), 'running');
});

test('an extension moves the end, the due day and the reminders; an expired one that it reaches runs again', async () => {
  const { customer, id, power } = await running();
  const end = new Date((await customer.service(id)).period_end);
  const later = await extend(id, { byMs: 5 * HOUR_MS });
  assert.deepEqual(later, addMs(end, 5 * HOUR_MS));
  assert.equal((await customer.service(id)).period_end, later.toISOString());
  await assert.rejects(extend(id, { until: end }), { code: 'not-extendable' });
  await world.advanceTo(later);
  await customer.stayIn(later);
  assert.equal((await customer.service(id)).state, 'suspended');
  const until = addDays(later, 2, ZONE);
  await extend(id, { until });
  assert.equal((await customer.service(id)).state, 'active');
  assert.equal(await power(), 'running');
  assert.equal((await customer.renew(id)).period_end > until.toISOString(), true);
});

test('[lantian 3.2] a breach ends a service at once: no refund, its data gone, on record by its clause', async () => {
  const { customer, id, power } = await running();
  await hold(id, 'case-5');
  assert.equal(await endBy(id, 'breach', 'none'), 0n);
  assert.equal(await customer.balance(), '40.10');
  assert.equal(await power(), 'gone');
  const ended = (await customer.history(id)).find(({ action }) => action === 'service.ended');
  assert.deepEqual([ended?.clause?.id, ended?.facts.by, ended?.facts.refunded], ['3.2', 'breach', '0.00']);
  assert.equal(await hold(id, 'case-6'), false, 'nothing is left to hold');
  await assert.rejects(endBy(id, 'breach', 'none'), { code: 'not-endable' });
});

test('an end with an agreed figure gives back that and no more than is left', async () => {
  const { customer, id } = await running();
  assert.equal(await endBy(id, 'agreement', 4_000_000n), 4_000_000n);
  assert.equal(await customer.balance(), '44.10');
  const other = await running();
  assert.equal(await endBy(other.id, 'provider', 'unconsumed'), 9_900_000n);
  assert.equal(await other.customer.balance(), '50.00');
  await books(world);
});

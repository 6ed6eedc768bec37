import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, before, test } from 'node:test';
import { transact } from '#kernel/db.ts';
import { systemCtx } from '#kernel/house.ts';
import { addDays } from '#kernel/time.ts';
import { catalogueLoad } from '#modules/catalogue/index.ts';
import { ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { look, rejected, troubledNode } from '../faults/support/node.ts';
import { BrandSite } from '../support/brand-site.ts';
import { BRANDS } from '../support/brands.ts';
import { books, idOf, refusedBy, yuan } from '../support/money.ts';
import { Book, hours, later } from '../support/outages.ts';
import { machineOf, mailed, offer, pass, prove, pushCustomer } from '../support/pushes.ts';
import { staffMember } from '../support/staff.ts';
import { beforeWorlds, PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/**
 * What comes after a push where the terms give money back, as 亚云's don't: here they are changed to. And what its order
 * page said, which goes with a service.
 */

const ZONE = 'Asia/Shanghai';
const PAGE = `    terms:
      title: { zh: 订购页约定, en: On this order page }
      clauses:
        - { id: P1, text: { zh: 到期后保留 9 天。, en: Kept for 9 days after its end. } }
      parameters:
        expiry: { clause: P1, suspend: at-once, grace_days: 9, then: delete }
`;
const REFUND = 'refund: { clause: "3.1", rule: none }';
const REFUNDING = `refund: { clause: "3.1", rule: unconsumed }
  provider_end: { clause: "3.1", notice_days: 30, refund: unconsumed }
  gifts: { clause: "3.1", rule: never-cash }
  sla:
    clause: "7.1"
    rule: by-table
    promised_percent: "99.9"
    table: [{ below_percent: "99.9", back_percent: 10 }, { below_percent: "99", back_percent: 30 }]`;

const { node, hypervisors } = troubledNode();
let dir: string;
let world: World;
let url: string;
before(async () => {
  dir = await mkdtemp(join(tmpdir(), 'cloudpact-brands-'));
  beforeWorlds(() => rm(dir, { recursive: true, force: true }));
  await cp(join(BRANDS, 'asiayun'), join(dir, 'asiayun'), { recursive: true });
  await edit('terms.yaml', REFUND, REFUNDING);
  world = await testWorld({ seed: true, brandsDir: dir, hypervisors });
  ({ url } = new BrandSite(world, 'asiayun'));
});
afterEach(() => {
  node.trouble = null;
});

async function edit(name: string, from: string, to: string): Promise<void> {
  const path = join(dir, 'asiayun', name);
  const text = await readFile(path, 'utf8');
  assert.ok(text.includes(from), `${name} has no ${from}`);
  await writeFile(path, text.replace(from, to));
}

const at = (id: string) => ({ params: { path: { id } } });
const gifts = async ({ api }: StoryCustomer) =>
  (await ok(api.GET('/api/v1/gifts'))).items.reduce((sum, { left }) => sum + yuan(left), 0n);
const balance = async (customer: StoryCustomer) => yuan(await customer.balance());

/** The next first of a month, midnight in Shanghai. */
function monthEnd(after: Date): Date {
  const local = later(after, hours(8));
  return new Date(Date.UTC(local.getUTCFullYear(), local.getUTCMonth() + 1, 1) - hours(8));
}

/** Pays 54.00 for three months, 20.00 of it from a gift; pushed, and 18.00 for a month more by who took it. */
async function paidByBoth() {
  const [giver, taker] = [await pushCustomer(url, '200'), await pushCustomer(url, '50')];
  const desk = await staffMember(world, `desk-${crypto.randomUUID().slice(0, 8)}`, url);
  const gift = { amount: '20', products: [], reason: 'a welcome', name: { zh: '赠金', en: 'Gift' } };
  const expires_at = addDays(world.clock.now(), 300, ZONE).toISOString();
  const body = { ...gift, expires_at };
  await ok(desk.POST('/api/v1/staff/customers/{id}/gifts', { ...at(await idOf(giver)), body }));
  const id = await giver.order({ plan: 'ay-1', region: 'hk', months: 3, access: PASSWORD_ACCESS });
  await giver.until(id, ({ state }) => state === 'active');
  await world.drain();
  await pass(giver, taker, id);
  await world.drain();
  await taker.renew(id);
  return { giver, taker, id, desk };
}

test('[asiayun 3.1.1] [qiniu 7.3.4] its new owner ends it: each gets back what it paid and isn’t consumed, gifts as gifts', async () => {
  const { giver, taker, id } = await paidByBoth();
  const before = { giver: await balance(giver), taker: await balance(taker), gifts: await gifts(giver) };
  assert.equal(before.gifts, 0n);
  const preview = await ok(taker.api.GET('/api/v1/services/{id}/end', at(id)));
  assert.equal(preview.refund, '18.00', 'the month that it paid itself');
  assert.ok(yuan(preview.left) > yuan('70'));
  const end = (give_up: boolean) =>
    ok(taker.api.POST('/api/v1/services/{id}/end', { ...at(id), body: { give_up } }));
  await assert.rejects(end(false), refusedBy('nothing-refunded', '3.1'));
  await end(true);
  await world.drain();
  assert.equal((await balance(taker)) - before.taker, yuan('18'));
  const back = (await balance(giver)) - before.giver;
  const backAsGift = await gifts(giver);
  assert.ok(back > yuan('33.9') && back <= yuan('34'), `${back} of 34.00 in cash`);
  assert.ok(backAsGift > yuan('19.9') && backAsGift <= yuan('20'), `${backAsGift} of 20.00 as a gift`);
  assert.equal(await gifts(taker), 0n, 'nobody’s gift becomes another’s');
  assert.match(await mailed(giver, /退回/), /条款 3\.1/);
  assert.equal((await books(world)).deferred_revenue ?? 0n, 0n, 'nothing is left to be earned of it');
});

test('[asiayun 3.1.1] [qiniu 7.3.4] the operator ends it after notice: the same, the notice is the new owner’s', async () => {
  const { giver, taker, id, desk } = await paidByBoth();
  const before = { giver: await balance(giver), taker: await balance(taker) };
  const body = { reason: '机房关闭' };
  const { ends_at } = await ok(desk.POST('/api/v1/staff/services/{id}/end', { ...at(id), body }));
  await assert.rejects(
    prove(taker).then(() => offer(taker, id, { email: giver.email })),
    refusedBy('push-not-now'),
  );
  await world.advanceTo(new Date(ends_at));
  await Promise.all([prove(taker), prove(giver)]);
  assert.equal((await taker.service(id)).state, 'deleted');
  assert.equal((await balance(taker)) - before.taker, yuan('18'), 'its month hadn’t begun');
  const back = (await balance(giver)) - before.giver + (await gifts(giver));
  assert.ok(back > yuan('35') && back < yuan('37'), `about two months of three: ${back}`);
});

test('[asiayun 3.1.1] [asiayun 5.1] what isn’t made yet can’t be pushed: that it can’t be made is its buyer’s money', async () => {
  node.trouble = rejected('create');
  const giver = await pushCustomer(url, '100');
  const id = await giver.order({ plan: 'ay-1', region: 'hk', access: PASSWORD_ACCESS });
  await assert.rejects(offer(giver, id, { email: 'someone@example.com' }), refusedBy('push-not-now'));
  await world.drain();
  for (let i = 0; i < 4 && (await giver.service(id)).state === 'preparing'; i++) await look(world);
  assert.equal((await giver.service(id)).state, 'failed');
  assert.equal(await giver.balance(), '100.00');
});

test('[asiayun 3.1.1] [yunfuwuqi S4] an outage is made good to whoever had it: until its month is measured it isn’t pushed', async () => {
  const [giver, taker] = [await pushCustomer(url, '100'), await pushCustomer(url, '50')];
  const service = await machineOf(world, giver);
  const book = new Book(world, url);
  const from = world.clock.now();
  const outage = async () => {
    const began = world.clock.now();
    await world.advanceTo(later(began, hours(12)));
    const saying = { from: began, until: later(began, hours(12)), services: [service] };
    await book.settle(await book.record(saying));
  };
  await outage();
  await prove(giver);
  await assert.rejects(offer(giver, service, { email: taker.email }), refusedBy('push-not-now'));
  const before = await balance(giver);
  await world.advanceTo(later(monthEnd(from), hours(1)));
  await prove(giver);
  const paid = (await balance(giver)) - before;
  assert.ok(paid > 0n, 'a part of what it paid for that month');
  await pass(giver, taker, service);

  // Of another month it is its new owner's: of what that paid, which is nothing yet.
  const balances = async () => [await balance(giver), await balance(taker)];
  const then = await balances();
  const next = world.clock.now();
  await outage();
  await world.advanceTo(later(monthEnd(next), hours(1)));
  await Promise.all([prove(giver), prove(taker)]);
  assert.deepEqual(await balances(), then);
});

test('[asiayun 3.1.1] [qiniu 11.1] what its order page said is shown before it is taken, holds for the new owner, and back again', async () => {
  await edit('catalogue.yaml', '    plans:\n', `${PAGE}    plans:\n`);
  const { house } = world.server;
  const load = () => transact(house.db, (tx) => catalogueLoad(tx, systemCtx(house, 'asiayun', 'test')));
  await load();
  const [giver, taker] = [await pushCustomer(url, '200'), await pushCustomer(url)];
  const service = await machineOf(world, giver);
  await edit('catalogue.yaml', PAGE, '');
  await load();
  const expiry = async ({ api }: StoryCustomer) => {
    const { figures } = await ok(api.GET('/api/v1/services/{id}/policy', at(service)));
    const found = figures.find(({ parameter }) => parameter === 'expiry')!;
    return [found.layer, found.clause.id, found.value.grace_days];
  };
  const said = ['order-page', 'P1', 9];
  assert.deepEqual(await expiry(giver), said);
  const { seen } = await pass(giver, taker, service);
  assert.deepEqual(
    [seen.said?.title.en, seen.said?.clauses.map(({ id }) => id)],
    ['On this order page', ['P1']],
  );
  assert.match(seen.said!.clauses[0]!.text, /Kept for 9 days/);
  assert.deepEqual(await expiry(taker), said);
  const [taken] = await taker.history(service);
  assert.ok(JSON.stringify(taken!.facts).includes('order_page'), 'that it took it with this is on record');
  await pass(taker, giver, service);
  await pass(giver, taker, service);
  assert.deepEqual(await expiry(taker), said);

  // Nothing of it is the new owner's for what it buys itself.
  await taker.topUp('50');
  const own = await machineOf(world, taker);
  const { figures } = await ok(taker.api.GET('/api/v1/services/{id}/policy', at(own)));
  assert.equal(figures.find(({ parameter }) => parameter === 'expiry')!.layer, 'agreement');

  const { period_end } = await taker.service(service);
  await world.advanceTo(addDays(new Date(period_end), 8, ZONE));
  await prove(taker);
  assert.equal((await taker.service(service)).state, 'suspended');
  await world.advanceTo(addDays(new Date(period_end), 10, ZONE));
  await prove(taker);
  assert.equal((await taker.service(service)).state, 'deleted');
  const acts = await taker.history(service);
  assert.ok(acts.some(({ action, clause }) => action === 'service.deleted' && clause?.id === 'P1'));
});

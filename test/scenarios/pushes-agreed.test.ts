import assert from 'node:assert/strict';
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { sql } from 'kysely';
import { addDays, addMinutes, naturalDay } from '#kernel/time.ts';
import { ok } from '#server/client.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { BRANDS } from '../support/brands.ts';
import { idOf, refusedBy, yuan } from '../support/money.ts';
import { accept, machineOf, mailed, offer, offersTo, pass, prove, pushCustomer } from '../support/pushes.ts';
import { staffMember } from '../support/staff.ts';
import { TwoStaff } from '../support/two-staff.ts';
import { beforeWorlds, PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/**
 * What was agreed with one customer, beside a push (decision 0039): contracts that were negotiated with the giver, and ends
 * to which the new owner agreed. 亚云's terms, changed: contracts go before them as by 七牛云 1.2 and 11.1; and once more
 * with what isn't consumed given back.
 */

const ZONE = 'Asia/Shanghai';
const PRECEDENCE =
  'precedence: { clause: "3.2", order: [attachment, service-contract, order-page, agreement] }\n  ';
const NONE = 'refund: { clause: "3.1", rule: none }';
const UNCONSUMED =
  'refund: { clause: "3.1", rule: unconsumed }\n  gifts: { clause: "3.1", rule: never-cash }';

let world: World;
const url: Record<string, string> = {};
before(async () => {
  const dir = await mkdtemp(join(tmpdir(), 'cloudpact-brands-'));
  beforeWorlds(() => rm(dir, { recursive: true, force: true }));
  await made(dir, 'asiayun', [['terms.yaml', 'push: {', `${PRECEDENCE}push: {`]]);
  await made(dir, 'refunding', [
    ['terms.yaml', NONE, UNCONSUMED],
    ['brand.yaml', 'id: asiayun', 'id: refunding'],
    ['brand.yaml', /^domains: .*$/m, 'domains: []'],
    ['brand.yaml', /no-reply@asiayun/g, 'no-reply@refunding'],
  ]);
  world = await testWorld({ brandsDir: dir, start: new Date('2026-03-02T04:00:00Z') });
  const { brands } = world.server.house;
  for (const { id } of brands.all) url[id] = brands.url(brands.get(id), world.url);
});

/** Everybody here signs in from one address, more often than one may. */
beforeEach(() => sql`delete from kernel_throttle`.execute(world.server.house.db));

async function made(dir: string, brand: string, edits: [file: string, from: string | RegExp, to: string][]) {
  await cp(join(BRANDS, 'asiayun'), join(dir, brand), { recursive: true });
  for (const [file, from, to] of edits) {
    const path = join(dir, brand, file);
    const text = await readFile(path, 'utf8');
    assert.notEqual(text.replace(from, to), text, `${file}: ${from}`);
    await writeFile(path, text.replace(from, to));
  }
}

const at = (id: string) => ({ params: { path: { id } } });
const balance = async (customer: StoryCustomer) => yuan(await customer.balance());
const gifts = async ({ api }: StoryCustomer) =>
  (await ok(api.GET('/api/v1/gifts'))).items.reduce((sum, { left }) => sum + yuan(left), 0n);

const PDF = Buffer.from('%PDF-1.7\nsigned by both\n%%EOF').toString('base64');
let contracts = 0;

/** A contract with this customer by which a service is kept for so many days after its end. */
function contract(customerId: string, days: number, changes: Record<string, unknown> = {}) {
  return {
    path: `/staff/customers/${customerId}/service-contracts`,
    body: {
      service_id: null,
      number: `HT-2026-${++contracts}`,
      title: '云服务器服务合同',
      // biome-ignore lint/suspicious/noThenProperty: the file's own word
      parameters: { expiry: { clause: 'C1', suspend: 'at-once', grace_days: days, then: 'delete' } },
      clauses: [{ id: 'C1', text: `到期后保留 ${days} 天。` }],
      valid_from: '2026-03-02',
      valid_to: '2026-12-31',
      reason: '双方已签署',
      file: { name: '合同.pdf', content: PDF },
      ...changes,
    },
  };
}

/** Processes hear of a changed contract within a moment, not at once. */
async function graceIs(customer: StoryCustomer, service: string, expected: [string, number]): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (isDeepStrictEqual(await graceOf(customer, service), expected)) return;
    await sleep(20);
  }
  assert.deepEqual(await graceOf(customer, service), expected);
}

async function graceOf({ api }: StoryCustomer, service: string) {
  const { figures } = await ok(api.GET('/api/v1/services/{id}/policy', at(service)));
  const { layer, value } = figures.find(({ parameter }) => parameter === 'expiry')!;
  return [layer, value.grace_days];
}

test('[asiayun 3.1.1] [qiniu 1.2] [qiniu 11.1] a contract with the giver about the server keeps it: while it waits, before its first day, while it holds', async () => {
  const staff = await TwoStaff.at(world, 'asiayun', 'about');
  const [giver, taker] = [await pushCustomer(url.asiayun!, '100'), await pushCustomer(url.asiayun!)];
  const service = await machineOf(world, giver);
  const kept = async (when: string) => {
    await prove(giver);
    await assert.rejects(offer(giver, service, { email: taker.email }), refusedBy('push-not-now'), when);
  };
  const from = naturalDay(addDays(world.clock.now(), 3, ZONE), ZONE);
  const { path, body } = contract(await idOf(giver), 20, { service_id: service, valid_from: from });

  // Offered before there was one: it is asked again as the other accepts.
  await prove(giver);
  const { id, code } = await offer(giver, service, { email: taker.email });
  const recorded = await staff.one('POST', path, body);
  assert.equal(recorded.status, 201, String(recorded.bytes));
  await prove(taker);
  const seen = (await offersTo(taker)).find((one) => one.id === id)!;
  const take = () => accept(taker, id, { code, as_shown: seen.as_shown });
  await assert.rejects(take(), refusedBy('push-waits'), 'for the second signature');
  const withdrawn = giver.api.DELETE('/api/v1/pushes/{id}', at(id));
  await ok(withdrawn);
  await kept('for the second signature');
  assert.equal((await staff.decide(true)).status, 204);
  await kept('before its first day');
  await world.advanceTo(addDays(world.clock.now(), 4, ZONE));
  await prove(giver);
  await graceIs(giver, service, ['service-contract', 20]);
  await kept('while it holds');

  const end = `/staff/service-contracts/${recorded.json.id}/end`;
  const later = await TwoStaff.at(world, 'asiayun', 'about-later');
  const asked = await later.one('POST', end, { reason: '双方同意解除' });
  assert.equal(Math.floor(asked.status / 100), 2, String(asked.bytes));
  assert.equal((await later.decide(true)).status, 204);
  await pass(giver, taker, service);
  assert.equal((await graceOf(taker, service))[0], 'agreement', 'nothing of it passes');
});

test('[asiayun 3.1.1] [qiniu 1.2] what was negotiated for all services stays with whom it was: the giver’s falls away from the server, the taker’s begins', async () => {
  const staff = await TwoStaff.at(world, 'asiayun', 'all');
  const [giver, taker] = [await pushCustomer(url.asiayun!, '200'), await pushCustomer(url.asiayun!)];
  const service = await machineOf(world, giver);
  const agreed = async (customer: StoryCustomer, days: number) => {
    const { path, body } = contract(await idOf(customer), days);
    const reply = await staff.one('POST', path, body);
    assert.equal(reply.status, 201, String(reply.bytes));
    assert.equal((await staff.decide(true)).status, 204);
  };
  await agreed(giver, 20);
  await graceIs(giver, service, ['service-contract', 20]);
  await pass(giver, taker, service);
  assert.equal((await graceOf(taker, service))[0], 'agreement');
  await agreed(taker, 11);
  await graceIs(taker, service, ['service-contract', 11]);
  await pass(taker, giver, service);
  await graceIs(giver, service, ['service-contract', 20]);
  const own = await machineOf(world, giver);
  await graceIs(giver, own, ['service-contract', 20]);
});

test('[asiayun 3.1.1] [qiniu 11.1] a contract that is recorded while its server passes holds for nobody: it can only be refused', async () => {
  const staff = await TwoStaff.at(world, 'asiayun', 'race');
  const [giver, taker] = [await pushCustomer(url.asiayun!, '100'), await pushCustomer(url.asiayun!)];
  const service = await machineOf(world, giver);
  const { path, body } = contract(await idOf(giver), 20, { service_id: service });
  await prove(giver);
  const { id, code } = await offer(giver, service, { email: taker.email });
  await prove(taker);
  const seen = (await offersTo(taker)).find((one) => one.id === id)!;
  const taken = accept(taker, id, { code, as_shown: seen.as_shown }).then(
    () => true,
    (error) => refusedBy('push-waits')(error) && false,
  );
  const [passed, recorded] = await Promise.all([taken, staff.one('POST', path, body)]);
  if (recorded.status === 201) {
    const decided = await staff.decide(true);
    assert.equal(decided.status, passed ? 422 : 204, String(decided.bytes));
    if (passed) assert.equal(decided.json.code, 'service-contract-service');
    if (passed) assert.equal((await staff.decide(false)).status, 204);
  } else assert.equal(recorded.json.code, 'service-contract-service', String(recorded.bytes));
  const owner = passed ? taker : giver;
  if (passed) assert.equal((await graceOf(owner, service))[0], 'agreement');
  else await graceIs(owner, service, ['service-contract', 20]);
});

interface Bought {
  first: StoryCustomer;
  second: StoryCustomer;
  service: string;
  desk: Awaited<ReturnType<typeof staffMember>>;
}

/** Three months by the first (20.00 of it a gift) and one by the second, who then gave it back: the newest isn't its own. */
async function thereAndBack(brand: string): Promise<Bought> {
  // Sign-ins from one address are counted.
  await world.advanceTo(addMinutes(world.clock.now(), 20));
  const [first, second] = [await pushCustomer(url[brand]!, '200'), await pushCustomer(url[brand]!, '50')];
  const desk = await staffMember(world, `desk-${brand}`, url[brand]);
  const expires_at = addDays(world.clock.now(), 300, ZONE).toISOString();
  const gift = { amount: '20', products: [], reason: 'a welcome', name: { zh: '赠金', en: 'Gift' } };
  const body = { ...gift, expires_at };
  await ok(desk.POST('/api/v1/staff/customers/{id}/gifts', { ...at(await idOf(first)), body }));
  const service = await first.order({ plan: 'ay-1', region: 'hk', months: 3, access: PASSWORD_ACCESS });
  await first.until(service, ({ state }) => state === 'active');
  await world.drain();
  await pass(first, second, service);
  await world.drain();
  await second.renew(service);
  await pass(second, first, service);
  return { first, second, service, desk };
}

/** Staff propose an end and so much back; its owner accepts. What each had more of afterwards, in micro-yuan. */
async function endedByAgreement({ first, second, service, desk }: Bought, refund: string) {
  const had = async () => ({
    first: await balance(first),
    firstGifts: await gifts(first),
    second: await balance(second),
    secondGifts: await gifts(second),
  });
  const propose = (amount: string) => {
    const body = { refund: amount, reason: '双方同意' };
    return ok(desk.POST('/api/v1/staff/services/{id}/end-proposals', { ...at(service), body }));
  };
  await assert.rejects(propose('54.01'), refusedBy('proposal-too-much'), 'what the other paid isn’t agreed');
  const proposal = await propose(refund);
  const before = await had();
  const params = { path: { id: service, proposal: proposal.id } };
  const body = { accept: true };
  await ok(first.api.POST('/api/v1/services/{id}/end-proposals/{proposal}', { params, body }));
  await world.drain();
  const after = await had();
  return {
    first: after.first - before.first,
    firstGifts: after.firstGifts - before.firstGifts,
    second: after.second - before.second,
    secondGifts: after.secondGifts - before.secondGifts,
  };
}

test('[asiayun 3.1.1] [asiayun 3.2] an end by agreement gives its owner what was agreed, out of what it paid itself, gifts as gifts; nobody else', async () => {
  const bought = await thereAndBack('asiayun');
  const back = await endedByAgreement(bought, '27.00');
  assert.deepEqual(back, {
    first: yuan('17'),
    firstGifts: yuan('10'),
    second: 0n,
    secondGifts: 0n,
  });
});

test('[asiayun 3.1.1] [qiniu 7.3.4] where terms give back what isn’t consumed, an agreement takes nothing from who paid before', async () => {
  const bought = await thereAndBack('refunding');
  const back = await endedByAgreement(bought, '27.00');
  assert.deepEqual(back, {
    first: yuan('17'),
    firstGifts: yuan('10'),
    second: yuan('18'),
    secondGifts: 0n,
  });
  assert.match(await mailed(bought.second, /退回/), /18\.00/);
});

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { apiClient, ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { call, caller, customerIdOf, made, ORDER } from '../faults/support/wire.ts';
import { staffEnter } from '../support/staff.ts';
import { readyCustomer, testWorld } from '../support/world.ts';

/** Who may not buy yet: the clause that says so in the reader's language, and what opens the gate. */

let world: World;
before(async () => {
  world = await testWorld({ seed: true });
});

interface Gate {
  code: string;
  clause: string;
  zh: RegExp;
  en: RegExp;
}

async function shut(customer: StoryCustomer, body: unknown, gate: Gate): Promise<void> {
  const before = await made(world);
  for (const [locale, text] of [
    ['zh-CN', gate.zh],
    ['en', gate.en],
  ] as const) {
    const reply = await call(caller(world, customer), '/orders', { body, locale });
    assert.deepEqual([reply.status, reply.body.code], [403, gate.code], reply.text);
    const clause = reply.body.clause as { id: string; version: string; title: string; text: string };
    assert.equal(clause.id, gate.clause);
    assert.equal(clause.version, '2025-07-19');
    assert.match(`${String(reply.body.title)} ${String(reply.body.detail)}`, text);
    assert.equal(
      /\p{Script=Han}/u.test(clause.text),
      locale === 'zh-CN',
      'the clause is in that language too',
    );
  }
  assert.deepEqual(await made(world), before);
}

const TERMS = { code: 'terms-not-accepted', clause: 'preamble', zh: /接受服务条款/, en: /Accept the terms/ };
const REAL_NAME = { code: 'real-name-needed', clause: '2.2', zh: /实名认证/, en: /real.name/i };
const MINOR = { code: 'guardian-consent-needed', clause: '1.3', zh: /监护人/, en: /guardian/ };

test('[lantian preamble] terms not accepted: refused before anything else, then open', async () => {
  const customer = new StoryCustomer(world.url);
  await customer.signUp();
  await customer.topUp('20');
  await world.drain();
  await shut(customer, ORDER, TERMS);
  await customer.acceptTerms();
  assert.equal((await call(caller(world, customer), '/orders', { body: ORDER })).status, 201);
  await world.drain();
});

test('[lantian preamble] terms half accepted count for nothing', async () => {
  const customer = new StoryCustomer(world.url);
  await customer.signUp();
  await customer.topUp('20');
  await world.drain();
  const terms = await ok(customer.api.GET('/api/v1/terms'));
  const body = {
    version_id: terms.id,
    sha256: terms.sha256,
    highlights: ['no-sla', 'no-backup', 'no-refund'],
  };
  for (const [locale, text] of [
    ['zh-CN', /逐项确认/],
    ['en', /Confirm each/],
  ] as const) {
    const reply = await call(caller(world, customer), '/terms/acceptances', { body, locale });
    assert.deepEqual([reply.status, reply.body.code], [422, 'highlights-unconfirmed'], reply.text);
    assert.match(String(reply.body.detail), text);
  }
  const other = await call(caller(world, customer), '/terms/acceptances', {
    body: { ...body, sha256: '0'.repeat(64), highlights: [...body.highlights, 'aup'] },
  });
  assert.equal(other.status, 409, 'another text than the one in force');
  await shut(customer, ORDER, TERMS);
});

test('[lantian 2.2] no real name: mainland regions are shut (2.2), others are open; verified, both are', async () => {
  const customer = new StoryCustomer(world.url);
  await customer.signUp();
  await customer.acceptTerms();
  await customer.topUp('40');
  await world.drain();
  await shut(customer, { ...ORDER, region: 'cn-east' }, REAL_NAME);
  const hongkong = await call(caller(world, customer), '/orders', { body: ORDER });
  assert.equal(hongkong.status, 201);
  await customer.verifyRealName();
  const mainland = await call(caller(world, customer), '/orders', { body: { ...ORDER, region: 'cn-east' } });
  assert.equal(mainland.status, 201);
  await world.drain();
});

test('[lantian 1.3] a minor without consent (1.3), with consent that staff recorded, and the audit of it', async () => {
  const customer = new StoryCustomer(world.url);
  await customer.signUp({ minor: true });
  await customer.acceptTerms();
  await customer.topUp('20');
  await world.drain();
  await shut(customer, ORDER, MINOR);

  const id = await customerIdOf(customer, world);
  const path = { params: { path: { id } }, body: { reference: 'scan 2026-17' } };
  const stranger = await readyCustomer(world, null);
  const own = await customer.api.POST('/api/v1/staff/customers/{id}/guardian-consent', path);
  const others = await stranger.api.POST('/api/v1/staff/customers/{id}/guardian-consent', path);
  assert.deepEqual(
    [own.response.status, others.response.status],
    [401, 401],
    'nobody consents for themselves',
  );
  await world.drain();
  await shut(customer, ORDER, MINOR);

  const login = world.server.logins.find(({ role }) => role === 'staff')!;
  const staff = apiClient(world.url);
  await staffEnter(world, staff, login);
  await ok(staff.POST('/api/v1/staff/customers/{id}/guardian-consent', path));
  assert.equal((await call(caller(world, customer), '/orders', { body: ORDER })).status, 201);
  const { items } = await ok(staff.GET('/api/v1/staff/audit', { params: { query: { customer: id } } }));
  const consent = items.find(({ action }) => action === 'customer.guardian-consented')!;
  assert.equal(consent.clause?.id, '1.3');
  assert.equal(consent.actor.kind, 'staff');
  assert.deepEqual(consent.facts, {
    reference: 'scan 2026-17',
    before: { guardian_consent: false },
    after: { guardian_consent: true },
  });
  await world.drain();
});

test('[lantian 1.3] an ID card that says minor makes a minor of somebody who said otherwise', async () => {
  const customer = new StoryCustomer(world.url);
  await customer.signUp();
  await customer.acceptTerms();
  await customer.topUp('20');
  await world.drain();
  const { result, minor } = await customer.verifyRealName('李四', idOf('20150312'));
  assert.deepEqual([result, minor], ['pass', true]);
  await shut(customer, ORDER, MINOR);
});

test('renewals stand behind no gate but the terms that were accepted: who has a service keeps it', async () => {
  const customer = await readyCustomer(world, '40');
  const id = await customer.order({ access: ORDER.access });
  await customer.until(id, ({ state }) => state === 'active');
  const { period_end } = await customer.renew(id);
  assert.ok(new Date(period_end) > world.clock.now());
});

/** A number of a person who never was, with its right check character. */
function idOf(birth: string): string {
  const digits = `110105${birth}123`;
  const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
  const sum = weights.reduce((total, weight, i) => total + weight * Number(digits[i]), 0);
  return `${digits}${'10X98765432'[sum % 11]}`;
}

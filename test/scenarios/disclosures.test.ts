import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { ApiProblem, ok } from '#server/client.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { type StaffApi, staffMember } from '../support/staff.ts';
import { testWorld } from '../support/world.ts';

/** What is given away of a customer is given in the cases of its own terms alone, and each time is on record. */

const CASES = {
  asiayun: [
    ...['agreement', 'law', 'authority', 'consent'],
    ...['abuse-complaint', 'urgent-crime', 'needed-third-party', 'testing'],
  ],
  yunfuwuqi: ['consent', 'needed-third-party', 'law', 'protect-rights'],
  qiniu: ['consent', 'law', 'unlawful-activity', 'needed-third-party'],
  lantian: [],
} as const;

let world: World;
before(async () => {
  world = await testWorld({ seed: true });
});

async function meet(brand: keyof typeof CASES): Promise<{ id: string; staff: StaffApi }> {
  const { brands } = world.server.house;
  const site = brands.url(brands.get(brand), world.url);
  const customer = new StoryCustomer(site);
  await customer.signUp();
  await customer.acceptTerms();
  const { id } = (await ok(customer.api.GET('/api/v1/auth/session'))).customer;
  return { id, staff: await staffMember(world, `${brand}${id.slice(-6)}`, site) };
}

const give = (staff: StaffApi, id: string, reason: string) =>
  ok(
    staff.POST('/api/v1/staff/customers/{id}/disclosures', {
      params: { path: { id } },
      body: { case: reason, kinds: ['usage', 'logs'], to: '某区公安分局', reference: `公函 ${reason}` },
    }),
  );

async function eachCaseIsRecorded(brand: keyof typeof CASES, clause: string): Promise<void> {
  const { id, staff } = await meet(brand);
  const path = { params: { path: { id } } };
  const allowed = await ok(staff.GET('/api/v1/staff/customers/{id}/disclosures', path));
  assert.deepEqual(allowed, { clause, cases: CASES[brand] });
  for (const reason of CASES[brand]) await give(staff, id, reason);
  const { items } = await ok(staff.GET('/api/v1/staff/audit', { params: { query: { customer: id } } }));
  const records = items.filter(({ action }) => action === 'customer.disclosed');
  assert.deepEqual(records.map(({ facts }) => facts.case).sort(), [...CASES[brand]].sort());
  for (const { clause: cited, actor, facts } of records) {
    assert.deepEqual([cited?.id, actor.kind], [clause, 'staff']);
    assert.deepEqual([facts.kinds, facts.to], [['usage', 'logs'], '某区公安分局']);
    assert.match(String(facts.reference), /^公函 /);
  }
  for (const reason of ['curiosity', brand === 'asiayun' ? 'protect-rights' : 'agreement'])
    await assert.rejects(give(staff, id, reason), refused);
}

function refused(error: unknown): boolean {
  assert.ok(error instanceof ApiProblem);
  assert.equal(error.code, 'disclosure-not-allowed');
  return true;
}

test('[asiayun 5.2] in eight cases, each recorded, and in no other', () =>
  eachCaseIsRecorded('asiayun', '5.2'));

test('[yunfuwuqi P3] with consent, to processors, by law, to protect rights, each recorded, and in no other case', () =>
  eachCaseIsRecorded('yunfuwuqi', 'P3'));

test('[qiniu 4.2] with consent, by law, for unlawful activity, where the service needs it, each recorded, and in no other case', () =>
  eachCaseIsRecorded('qiniu', '4.2'));

test('terms that allow none, and customers of another brand', async () => {
  const { id, staff } = await meet('lantian');
  await assert.rejects(give(staff, id, 'consent'), refused);
  const other = await meet('yunfuwuqi');
  await assert.rejects(give(other.staff, id, 'consent'), (error) => (error as ApiProblem).status === 404);
});

import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addMinutes } from '#kernel/time.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import { someIdNumber } from '#server/story/identity.ts';
import type { World } from '#server/world.ts';
import { call, type Request } from '../api/call.ts';
import { readPdf } from '../support/pdf.ts';
import { TwoStaff } from '../support/two-staff.ts';
import { PASSWORD_ACCESS, testWorld } from '../support/world.ts';

/** Minors: the guardian is checked, confirms by a code, and the consent is a signed paper. */

let world: World;

before(async () => {
  world = await testWorld({ seed: true });
});

function ask(customer: StoryCustomer, method: string, path: string, request: Request = {}) {
  return call(world, method, path, { cookie: customer.api.cookie(), ...request });
}

async function child(): Promise<StoryCustomer> {
  const customer = new StoryCustomer(world.url);
  await customer.signUp({ minor: true });
  await customer.acceptTerms();
  await customer.topUp('20');
  return customer;
}

const minor = () => ({ name: '李小明', id_number: someIdNumber('20150601') });
const guardian = () => ({ name: '李建国', id_number: someIdNumber('19800101') });
let phones = 13_800_000_100;

async function codeAt(phone: string): Promise<string> {
  await world.drain();
  const { json } = await call(world, 'GET', '/dev/mailbox');
  const sms = (json.items as { to: string; body: string }[]).find(({ to }) => to === phone);
  assert.ok(sms, `an SMS for ${phone}`);
  return /\d{6}/.exec(sms.body)![0];
}

async function buys(customer: StoryCustomer): Promise<string> {
  const order = { plan: 'nat-s', region: 'hk', image: 'debian-12', hostname: 'web1', months: 1 };
  const reply = await ask(customer, 'POST', '/orders', { body: { ...order, access: PASSWORD_ACCESS } });
  return reply.status === 201 ? 'bought' : String(reply.json.code);
}

interface Consent {
  id: string;
  number: string;
  state: string;
  phone: string;
  sha256: string | null;
}

async function consents(customer: StoryCustomer): Promise<Consent[]> {
  return (await ask(customer, 'GET', '/account/real-name')).json.consents as Consent[];
}

test('[lantian 1.3] a guardian who is checked and sends the code back consents by a paper that anybody can verify; then the child may buy', async () => {
  const customer = await child();
  assert.equal(await buys(customer), 'guardian-consent-needed');
  const phone = String(phones++);
  const body = { minor: minor(), guardian: guardian(), relation: 'parent', phone };
  const sent = await ask(customer, 'POST', '/account/guardian-consents', { body });
  assert.equal(sent.status, 202, sent.text);
  assert.equal(sent.json.phone, `${phone.slice(0, 3)}****${phone.slice(-4)}`);
  const path = `/account/guardian-consents/${sent.json.id}`;
  assert.equal((await ask(customer, 'GET', `${path}/pdf`)).status, 404, 'nothing is signed yet');
  const again = await ask(customer, 'POST', '/account/guardian-consents', { body });
  assert.equal(again.json.code, 'consent-there');
  const code = await codeAt(phone);
  const other = code === '000000' ? '000001' : '000000';
  const wrong = await ask(customer, 'POST', `${path}/confirmation`, { body: { code: other } });
  assert.deepEqual([wrong.status, wrong.json.code], [422, 'consent-code-wrong']);
  assert.equal(await buys(customer), 'guardian-consent-needed');
  const stranger = await child();
  const foreign = await ask(stranger, 'POST', `${path}/confirmation`, { body: { code } });
  assert.equal(foreign.status, 404);
  assert.equal((await ask(customer, 'POST', `${path}/confirmation`, { body: { code } })).status, 204);
  await world.drain();
  const [consent] = await consents(customer);
  assert.equal(consent!.state, 'signed');
  assert.equal(await buys(customer), 'bought');

  const reply = await fetch(`${world.url}/api/v1${path}/pdf`, { headers: { cookie: customer.api.cookie() } });
  assert.equal(reply.headers.get('content-type'), 'application/pdf');
  const pdf = Buffer.from(await reply.arrayBuffer());
  const { text } = await readPdf(pdf);
  for (const said of ['李小明', '李建国', consent!.number, '监护人同意书'])
    assert.ok(text.includes(said), said);
  for (const secret of [body.minor.id_number, body.guardian.id_number, phone])
    assert.ok(!text.includes(secret) && !pdf.includes(secret), 'no number stands in it');
  assert.equal((await ask(stranger, 'GET', `${path}/pdf`)).status, 404);

  const verify = (file: Buffer) =>
    call(world, 'POST', '/contracts/verify', { body: { file: file.toString('base64') } });
  const verdict = (await verify(pdf)).json;
  assert.deepEqual([verdict.genuine, verdict.number], [true, consent!.number]);
  const changed = Buffer.from(pdf);
  changed[changed.length >> 1]! ^= 1;
  assert.equal((await verify(changed)).json.genuine, false);
});

test('neither adults, nor one and the same person, nor another child are let through; a failed check sends nothing', async () => {
  const customer = await child();
  const phone = String(phones++);
  const [young, elder] = [minor(), guardian()];
  const tries: [object, number, string][] = [
    [{ minor: elder, guardian: guardian() }, 409, 'consent-not-needed'],
    [{ minor: young, guardian: young }, 422, 'consent-guardian'],
    [{ minor: young, guardian: minor() }, 422, 'consent-guardian'],
    [{ minor: young, guardian: { ...elder, id_number: '110105194912310021' } }, 400, 'real-name-form'],
  ];
  for (const [people, status, code] of tries) {
    const body = { ...people, relation: 'guardian', phone };
    const reply = await ask(customer, 'POST', '/account/guardian-consents', { body });
    assert.deepEqual([reply.status, reply.json.code], [status, code]);
  }
  const body = { minor: young, guardian: { ...elder, name: '不一致' }, relation: 'guardian', phone };
  const failed = await ask(customer, 'POST', '/account/guardian-consents', { body });
  assert.deepEqual([failed.status, failed.json], [200, { result: 'fail' }]);
  await world.drain();
  const { json } = await call(world, 'GET', '/dev/mailbox');
  assert.ok(!(json.items as { to: string }[]).some(({ to }) => to === phone));
  assert.deepEqual(await consents(customer), []);
});

test('a code that never comes back leaves nothing of the guardian behind; one that is taken back shuts the child out', async () => {
  const customer = await child();
  const body = { minor: minor(), guardian: guardian(), relation: 'parent', phone: String(phones++) };
  await ask(customer, 'POST', '/account/guardian-consents', { body });
  await world.advanceTo(addMinutes(world.clock.now(), 20));
  assert.equal((await consents(customer))[0]!.state, 'lapsed');
  const { db } = world.server.house;
  const rows = await db
    .selectFrom('verification_consent as v')
    .innerJoin('identity_contact as c', 'c.id', 'v.contact_id')
    .select(['v.sealed as names', 'c.sealed as phone', 'c.state'])
    .where('v.state', '=', 'lapsed')
    .execute();
  assert.deepEqual(rows, [{ names: null, phone: null, state: 'gone' }]);

  const sent = await ask(customer, 'POST', '/account/guardian-consents', {
    body: { ...body, phone: String(phones++) },
  });
  assert.equal(sent.status, 202, sent.text);
  const code = await codeAt(String(phones - 1));
  const path = `/account/guardian-consents/${sent.json.id}`;
  await ask(customer, 'POST', `${path}/confirmation`, { body: { code } });
  await world.drain();
  assert.equal(await buys(customer), 'bought');
  const staff = await TwoStaff.at(world, 'lantian');
  const why = { reason: '监护人来电撤回' };
  const withdrawal = `/staff/guardian-consents/${sent.json.id}/withdrawal`;
  assert.equal((await staff.one('POST', withdrawal, why)).status, 204);
  assert.equal((await staff.one('POST', withdrawal, why)).status, 409);
  assert.equal(await buys(customer), 'guardian-consent-needed');
});

test('[lantian 1.3] the child’s own phone takes no guardian’s code, even when it was taken back', async () => {
  const customer = await child();
  const phone = String(phones++);
  const named = await ask(customer, 'POST', '/account/contacts/phone', { body: { phone } });
  assert.equal(named.status, 202, named.text);
  const code = { code: await codeAt(phone) };
  const path = `/account/contacts/verifications/${String(named.json.id)}`;
  assert.equal((await ask(customer, 'POST', path, { body: code })).status, 204);
  const body = { minor: minor(), guardian: guardian(), relation: 'parent', phone };
  const consent = () => ask(customer, 'POST', '/account/guardian-consents', { body });
  assert.equal((await consent()).json.code, 'consent-phone');
  const removed = await ask(customer, 'POST', '/account/contacts/removals', { body: { kind: 'phone' } });
  assert.equal(removed.status, 204);
  world.clock.moveTo(addMinutes(world.clock.now(), 2));
  assert.equal((await consent()).json.code, 'consent-phone');
  body.phone = String(phones++);
  assert.equal((await consent()).status, 202);
});

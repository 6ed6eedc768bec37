import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addMinutes, addMs } from '#kernel/time.ts';
import { totpCode } from '#modules/factors/index.ts';
import { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { rightsOf } from '../support/access.ts';
import { bear, keyOf, type MadeKey } from '../support/keys.ts';
import { type Asking, asked, member, signedIn } from '../support/members.ts';
import { withBankAccount } from '../support/payments.ts';
import { readyCustomer, testWorld } from '../support/world.ts';
import { call, cookieOf } from './call.ts';

/** A second factor that is asked of everybody in an account, by its owner or the brand (ASVS 6.3.3). */

let world: World;
let owner: StoryCustomer;
let own: string;
let guest: { cookie: string; person: StoryCustomer };
/** A session of the guest's from before. */
let older: string;
let key: MadeKey;

const PATH = '/members/second-factor';
const LACKING = '403 factor-asked';
const ask = (...said: Asking) => asked(world, ...said);

before(async () => {
  world = await testWorld();
  owner = await readyCustomer(world, '20');
  key = await keyOf(world, owner, { areas: { services: 'read' } });
  own = await signedIn(world, owner);
  const joined = await member(world, own, { role: 'admin' });
  guest = joined;
  older = await signedIn(world, joined.person);
  const { json } = await call(world, 'GET', '/auth/session', { cookie: own });
  const { id } = json.customer as { id: string };
  assert.equal(await ask('POST', `/account/customers/${id}/switch`, older), '204');
});

const nextStep = () => world.clock.moveTo(addMs(world.clock.now(), 30_000));

async function enrol(cookie: string, at = world): Promise<string> {
  const begun = await call(at, 'POST', '/account/factors/totp', { cookie });
  const secret = String(begun.json.secret);
  const body = { code: totpCode(secret, at.clock.now()) };
  const done = await call(at, 'POST', '/account/factors/totp/confirmation', { cookie, body });
  assert.equal(done.status, 200, done.text);
  return secret;
}

test('the owner alone asks for it, lately proved and with a factor shown', async () => {
  const body = { required: true };
  assert.equal(await ask('PUT', PATH, guest.cookie, body), '403 not-permitted');
  assert.equal(await ask('PUT', PATH, own, body), LACKING);
  assert.equal(await ask('GET', '/services', guest.cookie), '200');
  await enrol(own);
  world.clock.moveTo(addMinutes(world.clock.now(), 16));
  assert.equal(await ask('PUT', PATH, own, body), '403 prove-again');
  assert.equal(await ask('POST', '/auth/prove', own, { by: 'password', password: owner.password }), '204');
  assert.equal(await ask('PUT', PATH, own, body), '204');
  const { json } = await call(world, 'GET', PATH, { cookie: own });
  assert.deepEqual(json, { required: true, by_brand: false });
});

test('everybody else in the account is told by mail', async () => {
  const told = await world.server.house.db
    .selectFrom('notify_notice')
    .select(['address', 'subject', 'customer_id'])
    .where('kind', '=', 'member-second-factor')
    .execute();
  assert.deepEqual(
    told.map(({ address, customer_id }) => [address, customer_id]),
    [[guest.person.email, null]],
    'the member, and nobody who asked for it',
  );
  assert.match(told[0]!.subject, new RegExp(owner.email));
});

test('from then on a session that has shown none opens nothing but the way to one', async () => {
  const rights = rightsOf(world, 'customer').filter(({ path }) => !path.startsWith('/auth/sign-out'));
  assert.ok(rights.length > 150, `${rights.length} routes`);
  const open: string[] = [];
  for (const { method, path } of rights) {
    const filled = path.replaceAll(/:\w+/g, '018f0000-0000-7000-8000-000000000000');
    const wrong = { 'content-type': 'application/x-nothing' };
    const sent = method === 'GET' ? {} : { body: 'nothing', headers: wrong };
    const { json } = await call(world, String(method), filled, { cookie: guest.cookie, ...sent });
    if (json.code !== 'factor-asked') open.push(`${String(method)} ${path}`);
  }
  assert.deepEqual(
    open.filter(
      (name) => !/ \/(account\/(factors|password|question|sessions|customers)|auth|visit)\b/.test(name),
    ),
    ['POST /members/leave'],
  );
  const { json } = await call(world, 'GET', '/auth/session', { cookie: guest.cookie });
  assert.deepEqual([json.factor_asked, json.balance], [true, null]);
  assert.equal((await bear(world, key, 'GET', '/services')).status, 200, 'keys are nobody’s session');
  assert.equal(await ask('GET', '/services', own), '200');
});

test('whoever sets one up goes on at once; an older session shows it first, and no password will do', async () => {
  assert.equal(await ask('POST', '/auth/prove', guest.cookie, provenBy(guest.person)), '204');
  const secret = await enrol(guest.cookie);
  assert.equal(await ask('GET', '/services', guest.cookie), '200');
  assert.equal(await ask('GET', '/services', older), LACKING);
  assert.equal(await ask('POST', '/auth/prove', older, provenBy(guest.person)), '204');
  assert.equal(await ask('GET', '/services', older), LACKING);
  nextStep();
  const code = totpCode(secret, world.clock.now());
  assert.equal(await ask('POST', '/auth/prove', older, { by: 'totp', code }), '204');
  assert.equal(await ask('GET', '/services', older), '200');
});

const provenBy = ({ password }: StoryCustomer) => ({ by: 'password', password });

test('an owner who no longer asks for it lets everybody in again', async () => {
  const { cookie } = await member(world, own, { role: 'read-only' });
  assert.equal(await ask('GET', '/services', cookie), LACKING);
  assert.equal(await ask('POST', '/auth/prove', own, provenBy(owner)), '204');
  assert.equal(await ask('PUT', PATH, own, { required: false }), '204');
  assert.equal(await ask('GET', '/services', cookie), '200');
});

test('a brand may ask it of all; then no owner takes it back', async () => {
  const strict = await testWorld({
    brandsDir: await withBankAccount('lantian', { second_factor: 'required' }),
  });
  const customer = new StoryCustomer(strict.url);
  await customer.signUp();
  const cookie = customer.api.cookie();
  assert.equal(await asked(strict, 'GET', '/services', cookie), LACKING);
  const secret = await enrol(cookie, strict);
  assert.equal(await asked(strict, 'GET', '/services', cookie), '200');
  assert.equal(await asked(strict, 'PUT', PATH, cookie, { required: false }), '204');
  const rule = await call(strict, 'GET', PATH, { cookie });
  assert.deepEqual(rule.json, { required: true, by_brand: true });

  const { email, password } = customer;
  const begun = await call(strict, 'POST', '/auth/sign-in', { body: { email, password } });
  assert.equal(begun.status, 202);
  strict.clock.moveTo(addMs(strict.clock.now(), 30_000));
  const given = { factor: 'totp', code: totpCode(secret, strict.clock.now()) };
  const body = { challenge: begun.json.challenge, given };
  const signed = await call(strict, 'POST', '/auth/second-factor', { body });
  assert.equal(await asked(strict, 'GET', '/services', cookieOf(signed)), '200');
});

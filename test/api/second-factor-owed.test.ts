import assert from 'node:assert/strict';
import { before, test } from 'node:test';
import { addMs } from '#kernel/time.ts';
import { totpCode } from '#modules/factors/index.ts';
import type { StoryCustomer } from '#server/story/customer.ts';
import type { World } from '#server/world.ts';
import { asked, signedIn } from '../support/members.ts';
import { readyCustomer, testWorld } from '../support/world.ts';
import { call } from './call.ts';

/**
 * A session from before its person had a second factor: whoever opened it knew the password, and knows no more. It goes
 * on, but what asks for proof asks it for the factor.
 */

let world: World;
let who: StoryCustomer;
let older: string;
let secret: string;

const AGAIN = '403 prove-again';
const ask = (method: string, path: string, body?: object) => asked(world, method, path, older, body);
const shown = async (cookie: string) => (await call(world, 'GET', '/account/factors', { cookie })).json;

before(async () => {
  world = await testWorld();
  who = await readyCustomer(world, null);
  older = await signedIn(world, who);
  const own = await signedIn(world, who);
  const begun = await call(world, 'POST', '/account/factors/totp', { cookie: own });
  secret = String(begun.json.secret);
  const body = { code: totpCode(secret, world.clock.now()) };
  const done = await call(world, 'POST', '/account/factors/totp/confirmation', { cookie: own, body });
  assert.equal(done.status, 200, done.text);
  assert.deepEqual([(await shown(own)).proved, (await shown(own)).factor_owed], [true, false]);
});

test('the password alone takes no factor away, sets up none, and moves nothing that signs in', async () => {
  const { password } = who;
  assert.equal(await ask('GET', '/services'), '200');
  assert.equal(await ask('POST', '/auth/prove', { by: 'password', password }), '204');
  assert.equal(await ask('DELETE', '/account/factors/totp'), AGAIN);
  assert.equal(await ask('POST', '/account/factors/recovery-codes'), AGAIN);
  assert.equal(await ask('PUT', '/account/factors/question', question), AGAIN);
  assert.equal(await ask('POST', '/account/keys', key), AGAIN);
  assert.equal(await ask('POST', '/account/bindings', { provider: 'qq' }), AGAIN);
  assert.equal(await ask('POST', '/account/privacy/copies'), AGAIN);
  const email = 'another@example.com';
  assert.equal(await ask('POST', '/account/contacts/email', { email, password }), AGAIN);
  const next = 'Other-rain-and-7-geese';
  assert.equal(await ask('POST', '/account/password', { current: password, next }), AGAIN);
  assert.deepEqual([(await shown(older)).proved, (await shown(older)).factor_owed], [false, true]);
});

const question = { question: 'first-street', answer: 'Plum lane' };
const key = { name: 'one', kind: 'bearer', areas: { services: 'read' } };

test('once it showed the factor it is as good as any', async () => {
  world.clock.moveTo(addMs(world.clock.now(), 30_000));
  const code = totpCode(secret, world.clock.now());
  assert.equal(await ask('POST', '/auth/prove', { by: 'totp', code }), '204');
  assert.deepEqual([(await shown(older)).proved, (await shown(older)).factor_owed], [true, false]);
  assert.equal(await ask('PUT', '/account/factors/question', question), '204');
  const next = 'Other-rain-and-7-geese';
  assert.equal(await ask('POST', '/account/password', { current: who.password, next }), '204');
});
